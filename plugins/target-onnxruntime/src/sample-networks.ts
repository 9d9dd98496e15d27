// Which whole networks are timed, so that every candidate of every choice is seen equally often.
import { Random } from '@nasc/random';

/**
 * Networks as one candidate index per choice. A round has as many networks as the widest choice has candidates, and shows
 * every candidate of every choice at least once; `rounds` rounds are drawn independently.
 */
export const sampleNetworks = (candidateCounts: readonly number[], rounds: number, seed: number): readonly (readonly number[])[] => {
  const width = Math.max(1, ...candidateCounts);
  const networks: (readonly number[])[] = [];
  for (let round = 0; round < rounds; round++) {
    const columns = candidateCounts.map((count, choice) => {
      const random = new Random({ seed, stream: 'onnxruntime.sample', epoch: round, index: choice });
      const column: number[] = [];
      while (column.length < width) column.push(...random.permutation(count));
      return column.slice(0, width);
    });
    for (let network = 0; network < width; network++) networks.push(columns.map((column) => column[network]!));
  }
  return networks;
};
