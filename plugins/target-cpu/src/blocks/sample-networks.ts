// Networks drawn so that every candidate of a choice is seen equally often, in random order.
import { Random } from '@nasc/random';

/** `count` networks; at each choice the candidates take turns in an order of their own, so counts differ by at most one. */
export const sampleNetworks = (candidates: readonly number[], count: number, seed: number): readonly (readonly number[])[] => {
  const columns = candidates.map((size, choice) => {
    const order = new Random({ seed, stream: 'target-cpu.networks', index: choice }).permutation(count);
    return Array.from(order, (position) => position % size);
  });
  return Array.from({ length: count }, (_, network) => columns.map((column) => column[network]!));
};
