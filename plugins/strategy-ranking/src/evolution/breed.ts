// How networks are made of networks.
import type { Random } from '@nasc/random';
import type { ScoredNetwork } from '../rank-networks.ts';

type Network = readonly number[];

/** Each choice is drawn anew, uniformly, with the given probability. `counts`: candidates of each choice. */
export const mutate = (network: Network, counts: readonly number[], probability: number, random: Random): Network =>
  network.map((chosen, choice) => (random.uniform() < probability ? random.integer(counts[choice]!) : chosen));

/** Each choice from one or the other, equally likely. */
export const cross = (first: Network, second: Network, random: Random): Network =>
  first.map((chosen, choice) => (random.uniform() < 0.5 ? chosen : second[choice]!));

const best = (networks: readonly ScoredNetwork[], count: number): readonly ScoredNetwork[] =>
  networks.toSorted((a, b) => b.score - a.score).slice(0, count);

export interface Breeding {
  readonly population: number;
  readonly survival: 'best' | 'youngest';
  readonly parents: number;
  readonly mutation: number;
  readonly crossover: number;
}

/**
 * A way to make children of what was scored, at least one population; what it makes may exceed limits or be known already.
 *
 * `best`: parents are the best of all generations that are complete, as in single-path one-shot search (Guo et al., 2020). `youngest`:
 * regularised evolution (Real et al., 2019): a tournament among the last `population`, every child at once one of them.
 */
export const breeder = (
  scored: readonly ScoredNetwork[],
  counts: readonly number[],
  options: Breeding,
  random: Random,
): (() => Network) => {
  const { population, survival, parents, mutation, crossover } = options;
  const anyOf = (networks: readonly ScoredNetwork[]): ScoredNetwork => networks[random.integer(networks.length)]!;
  if (survival === 'youngest') {
    const alive = scored.slice(-population);
    return () => {
      const [winner] = best(
        Array.from({ length: parents }, () => anyOf(alive)),
        1,
      );
      return mutate(winner!.choices, counts, mutation, random);
    };
  }
  const elders = best(scored.slice(0, scored.length - (scored.length % population)), parents);
  const crosses = random.uniform() < crossover;
  return () =>
    crosses ? cross(anyOf(elders).choices, anyOf(elders).choices, random) : mutate(anyOf(elders).choices, counts, mutation, random);
};
