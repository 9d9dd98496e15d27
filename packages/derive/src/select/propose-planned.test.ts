import type { CostTable, Footprint } from '@nasc/core';
import { expect, test } from 'vitest';
import { proposeNetworks } from './propose-networks.ts';
import { proposePlanned } from './propose-planned.ts';

/** Three choices of three candidates; the probable ones are the large ones. */
const rows = [0, 1, 2].map(() => [100, 200, 300]);
const storage: CostTable = { name: 'storage', unit: 'bytes', combine: 'sum', constant: 50, candidates: rows, limit: 700 };
const result = {
  kind: 'distribution',
  strategy: 'test',
  logProbabilities: [0, 1, 2].map((choice) => [-3 - 0.1 * choice, -2 - 0.03 * choice, -1]),
  history: { columns: {} },
  cost: { imagesForwardBackward: 0 },
} as const;

const planned = async (codeBytes: (choices: readonly number[]) => number, limit: number, count = 3) => {
  const asked: string[] = [];
  const weights = (choices: readonly number[]) => choices.reduce((sum, chosen, choice) => sum + rows[choice]![chosen]!, 50);
  const found = await proposePlanned({
    costs: [{ ...storage, limit }],
    count,
    propose: (costs, wanted) => proposeNetworks({ result, costs, count: wanted }),
    footprint(choices) {
      asked.push(choices.join(''));
      const footprint: Footprint = { arenaBytes: 0, weightBytes: weights(choices), codeBytes: codeBytes(choices), blocks: {} };
      return Promise.resolve(footprint);
    },
  });
  return { ...found, asked, weights };
};

test('what exceeds the limit with its code is left out, and the next best are looked at, none of them twice', async () => {
  const { networks, asked, weights } = await planned(() => 120, 700);
  expect(networks).toHaveLength(3);
  for (const choices of networks) expect(weights(choices) + 120).toBeLessThanOrEqual(700);
  // 580 bytes are left for weights, 530 for those of the choices: sums of 500.
  expect(networks.map((choices) => weights(choices))).toEqual([550, 550, 550]);
  expect(new Set(asked).size).toBe(asked.length);
});

test('the same networks as if the code had been known', async () => {
  const { networks } = await planned((choices) => 40 + 10 * choices[0]!, 800, 8);
  const known = { ...storage, limit: 800 - 40, candidates: [[100, 210, 320], ...rows.slice(1)] };
  expect(networks).toEqual(proposeNetworks({ result, costs: [known], count: 8 }));
});

test('where no network keeps the limit as planned, what was looked at is told, the smallest among it', async () => {
  const { networks, refused } = await planned(() => 400, 700);
  expect(networks).toEqual([]);
  const least = Math.min(...refused.map(([cost]) => cost!.planned!));
  expect(least).toBe(750);
});

test('a target that plans nothing: the model of the costs stands', async () => {
  const { networks } = await proposePlanned({
    costs: [storage],
    count: 2,
    propose: (costs, wanted) => proposeNetworks({ result, costs, count: wanted }),
    footprint: () => Promise.resolve(undefined),
  });
  expect(networks).toEqual(proposeNetworks({ result, costs: [storage], count: 2 }));
});
