import { Random } from '@nasc/random';
import { expect, test } from 'vitest';
import { knapsack } from './knapsack.ts';
import type { KnapsackProblem, KnapsackSolution } from './knapsack.ts';

/** Every network of the space, best first. */
const bruteForce = ({ gains, costs, limit, count }: KnapsackProblem): KnapsackSolution[] => {
  let networks: KnapsackSolution[] = [{ choices: [], gain: 0, cost: 0 }];
  for (const [choice, candidates] of gains.entries()) {
    networks = networks.flatMap((network) =>
      candidates.map((gain, j) => ({
        choices: [...network.choices, j],
        gain: network.gain + gain,
        cost: network.cost + costs[choice]![j]!,
      })),
    );
  }
  return networks
    .filter(({ cost }) => cost <= limit)
    .toSorted((a, b) => b.gain - a.gain)
    .slice(0, count);
};

const randomProblem = (index: number, cost: (random: Random) => number): KnapsackProblem => {
  const random = new Random({ seed: 11, stream: 'test.knapsack', index });
  const sizes = Array.from({ length: 2 + random.integer(4) }, () => 1 + random.integer(6));
  const costs = sizes.map((size) => Array.from({ length: size }, () => cost(random)));
  const least = costs.reduce((sum, candidates) => sum + Math.min(...candidates), 0);
  const most = costs.reduce((sum, candidates) => sum + Math.max(...candidates), 0);
  return {
    gains: sizes.map((size) => Array.from({ length: size }, () => Math.log(1 - random.uniform()))),
    costs,
    limit: least + random.uniform() * 1.1 * (most - least),
    count: 1 + random.integer(10),
  };
};

test('equals enumeration of all networks: the same networks in the same order, 200 random spaces', () => {
  for (let index = 0; index < 200; index++) {
    const problem = randomProblem(index, (random) => random.uniform());
    const expected = bruteForce(problem);
    const found = knapsack(problem);
    expect(
      found.map(({ choices }) => choices),
      `space ${index}`,
    ).toEqual(expected.map(({ choices }) => choices));
    for (const [k, { gain, cost }] of found.entries()) {
      expect(gain).toBeCloseTo(expected[k]!.gain, 12);
      expect(cost).toBeLessThanOrEqual(problem.limit);
    }
  }
});

test('a network that uses up the limit exactly is found', () => {
  const problem = {
    gains: [
      [0, 1, 2.5],
      [0, 1.2, 2],
    ],
    costs: [
      [1, 2, 3],
      [1, 2, 3],
    ],
    limit: 4,
    count: 3,
  };
  expect(knapsack(problem).map(({ choices, cost }) => ({ choices, cost }))).toEqual([
    { choices: [2, 0], cost: 4 },
    { choices: [1, 1], cost: 4 },
    { choices: [0, 2], cost: 4 },
  ]);
});

test('the cheapest network is found at its own cost, and nothing below it', () => {
  const problem = {
    gains: [
      [0, -1],
      [0, -1],
    ],
    costs: [
      [0.3, 0.1],
      [0.7, 0.2],
    ],
    count: 4,
  };
  expect(knapsack({ ...problem, limit: 0.1 + 0.2 }).map(({ choices }) => choices)).toEqual([[1, 1]]);
  expect(knapsack({ ...problem, limit: 0.29 })).toEqual([]);
});

test('without a limit the most probable networks come first, each once', () => {
  const problem = {
    gains: [
      [-1, -2],
      [-1, -4],
    ],
    costs: [
      [1, 2],
      [3, 4],
    ],
    limit: Infinity,
    count: 9,
  };
  expect(knapsack(problem).map(({ choices }) => choices)).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
});
