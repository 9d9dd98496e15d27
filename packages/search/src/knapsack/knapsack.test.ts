import { Random } from '@nasc/random';
import { describe, expect, test } from 'vitest';
import { knapsack } from './knapsack.ts';
import type { KnapsackLimit, KnapsackProblem, KnapsackSolution } from './problem.ts';

const costOf = ({ costs, combine, constant }: KnapsackLimit, { choices }: KnapsackSolution): number => {
  const each = choices.map((chosen, choice) => costs[choice]![chosen]!);
  return combine === 'sum' ? each.reduce((sum, cost) => sum + cost, constant) : Math.max(constant, ...each);
};

/** Every network of the space, best first; of equal gains the one with the smaller indices. */
const bruteForce = ({ gains, limits, count }: KnapsackProblem): KnapsackSolution[] => {
  let networks: KnapsackSolution[] = [{ choices: [], gain: 0 }];
  for (const candidates of gains) {
    networks = networks.flatMap(({ choices, gain }) => candidates.map((more, j) => ({ choices: [...choices, j], gain: gain + more })));
  }
  return networks
    .filter((network) => limits.every((limit) => costOf(limit, network) <= limit.limit))
    .toSorted((a, b) => b.gain - a.gain)
    .slice(0, count);
};

interface Draws {
  gain(random: Random): number;
  cost(random: Random): number;
}

/** A limit between what the cheapest and the dearest network cost, or a little above. */
const randomLimit = (sizes: readonly number[], combine: 'sum' | 'max', random: Random, draw: Draws['cost']): KnapsackLimit => {
  const costs = sizes.map((size) => Array.from({ length: size }, () => draw(random)));
  const constant = draw(random);
  const ends = [Math.min, Math.max].map((pick) => {
    const each = costs.map((candidates) => pick(...candidates));
    return combine === 'sum' ? each.reduce((sum, cost) => sum + cost, constant) : Math.max(constant, ...each);
  });
  const limit = ends[0]! + random.uniform() * 1.1 * (ends[1]! - ends[0]!);
  return { costs, combine, constant, limit };
};

const randomProblem = (index: number, combines: readonly ('sum' | 'max')[], { gain, cost }: Draws): KnapsackProblem => {
  const random = new Random({ seed: 11, stream: 'test.knapsack', index });
  const sizes = Array.from({ length: 2 + random.integer(4) }, () => 1 + random.integer(6));
  return {
    gains: sizes.map((size) => Array.from({ length: size }, () => gain(random))),
    limits: combines.map((combine) => randomLimit(sizes, combine, random, cost)),
    count: 1 + random.integer(10),
  };
};

const logarithm = (random: Random): number => Math.log(1 - random.uniform());

describe('equals enumeration of all networks, 100 random spaces each', () => {
  const kinds = (
    [['sum'], ['sum', 'max'], ['sum', 'sum'], ['sum', 'sum', 'sum'], ['max', 'sum', 'sum', 'sum'], ['sum', 'sum', 'sum', 'sum']] as const
  ).map((combines) => ({ combines, name: combines.join(', ') }));

  test.each(kinds)('$name: the same networks in the same order', ({ combines }) => {
    for (let index = 0; index < 100; index++) {
      // A third of the candidates cost nothing.
      const cost = (random: Random) => (random.integer(3) === 0 ? 0 : random.uniform());
      const problem = randomProblem(index, combines, { gain: logarithm, cost });
      expect(knapsack(problem), `space ${index}`).toEqual(bruteForce(problem));
    }
  });

  test.each(kinds)('$name: equal gains and costs in plenty', ({ combines }) => {
    for (let index = 0; index < 100; index++) {
      const problem = randomProblem(index, combines, { gain: (random) => -random.integer(3), cost: (random) => random.integer(4) });
      const found = knapsack(problem);
      // Which of equal ones are taken is open; what they gain is not, nor that they differ and keep the limits.
      expect(
        found.map(({ gain }) => gain),
        `space ${index}`,
      ).toEqual(bruteForce(problem).map(({ gain }) => gain));
      expect(new Set(found.map(({ choices }) => choices.join())).size).toBe(found.length);
      for (const network of found) {
        expect(problem.limits.every((limit) => costOf(limit, network) <= limit.limit)).toBe(true);
        expect(network.choices.reduce((sum, chosen, choice) => sum + problem.gains[choice]![chosen]!, 0)).toBe(network.gain);
      }
    }
  });
});

/** Lagrangian bound: for every multiplier no network under the limit gains more than the best of gain - multiplier * (cost - limit). */
const bound = ({ gains, limits: [limit] }: KnapsackProblem): number => {
  let [least, low, high] = [Infinity, 0, 1000];
  for (let round = 0; round < 80; round++) {
    const multiplier = (low + high) / 2;
    const best = gains.map((candidates, choice) =>
      candidates
        .map((gain, j) => ({ value: gain - multiplier * limit!.costs[choice]![j]!, cost: limit!.costs[choice]![j]! }))
        .reduce((a, b) => (b.value > a.value ? b : a)),
    );
    const cost = best.reduce((sum, chosen) => sum + chosen.cost, 0);
    least = Math.min(least, best.reduce((sum, { value }) => sum + value, 0) + multiplier * limit!.limit);
    if (cost > limit!.limit) low = multiplier;
    else high = multiplier;
  }
  return least;
};

test('hundreds of choices: within a fiftieth of a percent of what no network can exceed', () => {
  const random = new Random({ seed: 3, stream: 'test.knapsack' });
  const draw = (value: () => number) => Array.from({ length: 400 }, () => Array.from({ length: 7 }, value));
  const [gains, costs] = [draw(() => Math.log(1e-3 + random.uniform())), draw(() => random.uniform())];
  const problem: KnapsackProblem = { gains, limits: [{ costs, combine: 'sum', constant: 0, limit: 110 }], count: 8 };
  const found = knapsack(problem);
  expect(found).toHaveLength(8);
  for (const network of found) expect(costOf(problem.limits[0]!, network)).toBeLessThanOrEqual(110);
  const most = bound(problem);
  expect(found[0]!.gain).toBeLessThanOrEqual(most);
  expect(Math.abs(found[0]!.gain / most - 1)).toBeLessThan(2e-4);
});

test('networks that use up the limit exactly are found', () => {
  const costs = [
    [1, 2, 3],
    [1, 2, 3],
  ];
  const gains = [
    [0, 1, 2.5],
    [0, 1.2, 2],
  ];
  const found = knapsack({ gains, limits: [{ costs, combine: 'sum', constant: 0, limit: 4 }], count: 3 });
  expect(found.map(({ choices }) => choices)).toEqual([
    [2, 0],
    [1, 1],
    [0, 2],
  ]);
});

test('the cheapest network is found at its own cost as it is summed up, and nothing below it', () => {
  const gains = [
    [0, -1],
    [0, -1],
  ];
  const costs = [
    [0.3, 0.1],
    [0.7, 0.2],
  ];
  const under = (limit: number) =>
    knapsack({ gains, limits: [{ costs, combine: 'sum', constant: 0.4, limit }], count: 4 }).map(({ choices }) => choices);
  expect(under(0.4 + 0.1 + 0.2)).toEqual([[1, 1]]);
  expect(under(0.69)).toEqual([]);
});

test('limits that no network keeps together', () => {
  const costs = [
    [0, 1],
    [0, 1],
  ];
  const limits = [costs, costs.map((row) => row.toReversed())].map(
    (row) => ({ costs: row, combine: 'sum', constant: 0, limit: 0.5 }) as const,
  );
  expect(knapsack({ gains: costs, limits: [limits[0]!], count: 9 })).toHaveLength(1);
  expect(knapsack({ gains: costs, limits, count: 9 })).toEqual([]);
});

test('without a limit the most probable networks come first, each once', () => {
  const gains = [
    [-1, -2],
    [-1, -4],
  ];
  expect(knapsack({ gains, limits: [], count: 9 }).map(({ choices }) => choices)).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
});
