import { Random } from '@nasc/random';
import { expect, test } from 'vitest';
import { knapsack } from './knapsack.ts';
import type { KnapsackLimit, KnapsackProblem, KnapsackSolution } from './knapsack.ts';

const costOf = ({ costs, combine }: KnapsackLimit, { choices }: KnapsackSolution): number => {
  const each = choices.map((chosen, choice) => costs[choice]![chosen]!);
  return combine === 'sum' ? each.reduce((sum, cost) => sum + cost, 0) : Math.max(...each);
};

/** Every network of the space, best first. */
const bruteForce = ({ gains, limits, count }: KnapsackProblem): KnapsackSolution[] => {
  let networks: KnapsackSolution[] = [{ choices: [], gain: 0 }];
  for (const candidates of gains) {
    networks = networks.flatMap((network) =>
      candidates.map((gain, j) => ({
        choices: [...network.choices, j],
        gain: network.gain + gain,
      })),
    );
  }
  return networks
    .filter((network) => limits.every((limit) => costOf(limit, network) <= limit.limit))
    .toSorted((a, b) => b.gain - a.gain)
    .slice(0, count);
};

/** A limit between what the cheapest and the dearest network cost. */
const randomLimit = (sizes: readonly number[], combine: 'sum' | 'max', random: Random, draw: () => number): KnapsackLimit => {
  const costs = sizes.map((size) => Array.from({ length: size }, draw));
  const total = (pick: (costs: readonly number[]) => number) => costs.reduce((sum, candidates) => sum + pick(candidates), 0);
  const largest = (pick: (costs: readonly number[]) => number) => Math.max(...costs.map(pick));
  const [least, most] = [(row: readonly number[]) => Math.min(...row), (row: readonly number[]) => Math.max(...row)].map(
    combine === 'sum' ? total : largest,
  ) as [number, number];
  return { costs, combine, limit: least + random.uniform() * 1.1 * (most - least) };
};

const randomProblem = (index: number, combines: readonly ('sum' | 'max')[], draw?: (random: Random) => number): KnapsackProblem => {
  const random = new Random({ seed: 11, stream: 'test.knapsack', index });
  const sizes = Array.from({ length: 2 + random.integer(4) }, () => 1 + random.integer(6));
  return {
    gains: sizes.map((size) => Array.from({ length: size }, () => Math.log(1 - random.uniform()))),
    limits: combines.map((combine) => randomLimit(sizes, combine, random, () => draw?.(random) ?? random.uniform())),
    count: 1 + random.integer(10),
  };
};

test('equals enumeration of all networks: the same networks in the same order, 200 random spaces', () => {
  for (let index = 0; index < 200; index++) {
    const problem = randomProblem(index, index % 2 === 0 ? ['sum'] : ['sum', 'max']);
    const expected = bruteForce(problem);
    const found = knapsack(problem);
    expect(
      found.map(({ choices }) => choices),
      `space ${index}`,
    ).toEqual(expected.map(({ choices }) => choices));
    for (const [k, { gain }] of found.entries()) expect(gain).toBeCloseTo(expected[k]!.gain, 12);
  }
});

/** Divisors of the grid's 399 steps: whole costs are not rounded where so much is left above the cheapest network. */
const exactRooms = [0, 1, 3, 7, 19, 21];

test('two limited sums of whole numbers: every network keeps both, and the best is that of enumeration', () => {
  for (let index = 0; index < 60; index++) {
    const drawn = randomProblem(index, ['sum', 'sum'], (random) => 1 + random.integer(8));
    const limits = drawn.limits.map(({ costs, combine, limit }) => {
      const least = costs.reduce((sum, candidates) => sum + Math.min(...candidates), 0);
      return { costs, combine, limit: least + exactRooms.findLast((room) => room <= limit - least)! };
    });
    const problem = { ...drawn, limits };
    const expected = bruteForce(problem);
    const found = knapsack(problem);
    expect(found.every((network) => problem.limits.every((limit) => costOf(limit, network) <= limit.limit))).toBe(true);
    expect(found[0]?.gain ?? NaN, `space ${index}`).toBe(expected[0]?.gain ?? NaN);
  }
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

test('hundreds of choices: within a tenth of a percent of what no network can exceed', () => {
  const random = new Random({ seed: 3, stream: 'test.knapsack' });
  const draw = (value: () => number) => Array.from({ length: 400 }, () => Array.from({ length: 7 }, value));
  const [gains, costs] = [draw(() => Math.log(1e-3 + random.uniform())), draw(() => random.uniform())];
  const problem: KnapsackProblem = { gains, limits: [{ costs, combine: 'sum', limit: 110 }], count: 8 };
  const found = knapsack(problem);
  expect(found).toHaveLength(8);
  for (const network of found) expect(costOf(problem.limits[0]!, network)).toBeLessThanOrEqual(110);
  const most = bound(problem);
  expect(found[0]!.gain).toBeLessThanOrEqual(most);
  expect(Math.abs(found[0]!.gain / most - 1)).toBeLessThan(1e-3);
});

test('a network that uses up the limit exactly is found', () => {
  const problem = {
    gains: [
      [0, 1, 2.5],
      [0, 1.2, 2],
    ],
    limits: [
      {
        costs: [
          [1, 2, 3],
          [1, 2, 3],
        ],
        combine: 'sum',
        limit: 4,
      },
    ],
    count: 3,
  } as const;
  expect(knapsack(problem).map(({ choices }) => choices)).toEqual([
    [2, 0],
    [1, 1],
    [0, 2],
  ]);
});

test('the cheapest network is found at its own cost, and nothing below it', () => {
  const gains = [
    [0, -1],
    [0, -1],
  ];
  const costs = [
    [0.3, 0.1],
    [0.7, 0.2],
  ];
  const under = (limit: number) => knapsack({ gains, limits: [{ costs, combine: 'sum', limit }], count: 4 }).map(({ choices }) => choices);
  expect(under(0.1 + 0.2)).toEqual([[1, 1]]);
  expect(under(0.29)).toEqual([]);
});

test('without a limit the most probable networks come first, each once', () => {
  const problem = {
    gains: [
      [-1, -2],
      [-1, -4],
    ],
    limits: [],
    count: 9,
  };
  expect(knapsack(problem).map(({ choices }) => choices)).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
});
