import type { CostTable } from '@nasc/core';
import { Random } from '@nasc/random';
import { pathCost } from '@nasc/search';
import { expect, test } from 'vitest';
import { feasibleNetworks } from './feasible-networks.ts';

const draws = 20_000;
const random = () => new Random({ seed: 1, stream: 'test.draws' });

const table = (name: CostTable['name'], combine: CostTable['combine'], limit: number | undefined): CostTable => {
  const costOf = new Random({ seed: 7, stream: name });
  return {
    name,
    unit: 'ms',
    combine,
    constant: 1,
    candidates: [3, 4, 2, 4, 3].map((count) => Array.from({ length: count }, () => 1 + costOf.uniform())),
    limit,
  };
};

const everyNetwork = (costs: readonly CostTable[]): readonly (readonly number[])[] =>
  costs[0]!.candidates.reduce<readonly (readonly number[])[]>(
    (prefixes, candidates) => prefixes.flatMap((prefix) => candidates.map((_, candidate) => [...prefix, candidate])),
    [[]],
  );

/** The cost that so many networks of the space do not exceed. */
const limitFor = (costs: CostTable, networks: number): number =>
  everyNetwork([costs])
    .map((choices) => pathCost(costs, choices))
    .toSorted((a, b) => a - b)[networks - 1]!;

const sumOf = (name: CostTable['name'], networks: number) => {
  const costs = table(name, 'sum', undefined);
  return { ...costs, limit: limitFor(costs, networks) };
};

test.each([
  ['no limit', [table('latency', 'sum', undefined)]],
  ['one that half of the networks keep', [sumOf('latency', 144)]],
  ['one that 7 of 288 keep', [sumOf('latency', 7)]],
  ['two sums', [sumOf('latency', 100), sumOf('macs', 100)]],
  ['a sum and a largest cost', [sumOf('latency', 100), table('memory', 'max', 1.9)]],
] as const)('draws are uniform over exactly the networks that keep the limits: %s', (_, costs) => {
  const { draw, keepsLimits } = feasibleNetworks(costs);
  const feasible = everyNetwork(costs).filter(keepsLimits);
  const counts = new Map(feasible.map((choices) => [choices.join(','), 0]));
  const source = random();
  for (let i = 0; i < draws; i++) {
    const key = draw(source)!.join(',');
    counts.set(key, counts.get(key)! + 1);
  }
  expect(counts.size).toBe(feasible.length);
  // Chi-squared: mean n - 1, standard deviation sqrt(2 (n - 1)).
  const expected = draws / feasible.length;
  const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = feasible.length - 1;
  expect(Math.abs(chiSquared - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom));
});

test('a limit that the cheapest network alone keeps leaves that one', () => {
  const costs = [sumOf('latency', 1)];
  const { draw, keepsLimits } = feasibleNetworks(costs);
  const [only, ...others] = everyNetwork(costs).filter(keepsLimits);
  expect(others).toEqual([]);
  expect(draw(random())).toEqual(only);
});

test('of 8^30 networks one is drawn at once where one in 10^24 keeps the limit', () => {
  const candidates = Array.from({ length: 30 }, () => [0, 1, 1, 1, 1, 1, 1, 1]);
  const costs: CostTable = { name: 'latency', unit: 'ms', combine: 'sum', constant: 0, candidates, limit: 2 };
  const source = random();
  const { draw } = feasibleNetworks([costs]);
  for (let i = 0; i < 100; i++) expect(pathCost(costs, draw(source)!)).toBeLessThanOrEqual(2);
});

test('limits that contradict each other end the search for a network', () => {
  const candidates = [
    [1, 2],
    [1, 2],
  ];
  const opposite = candidates.map((costs) => costs.toReversed());
  const costs: CostTable = { name: 'latency', unit: 'ms', combine: 'sum', constant: 0, candidates, limit: 2.5 };
  const others: CostTable = { ...costs, name: 'macs', candidates: opposite };
  expect(feasibleNetworks([costs, others]).draw(random())).toBeUndefined();
});
