import { memoryCheckpoint } from '@nasc/core';
import type { KeptStates, SearchResult } from '@nasc/core';
import { beforeAll, expect, test } from 'vitest';
import { latencies, planted, plantedWeights, searchPlanted } from '../../../test/strategies/planted-space.ts';
import { darts } from './darts.ts';

// The other candidates are heard: normalisation behind a mixture takes away what a silent candidate does to it.
let weights: Awaited<ReturnType<typeof plantedWeights>>;
beforeAll(async () => {
  weights = await plantedWeights(1);
});

const even = latencies({ planted: 1, others: 1 });
const probabilities = (result: SearchResult) =>
  result.kind === 'distribution' ? result.logProbabilities.map((row) => row.map(Math.exp)) : [];

test('finds the planted candidate of every choice', async () => {
  const result = await searchPlanted(darts, { weights, costs: even, options: { steps: 150, weightSteps: 0 } });
  for (const [choice, row] of probabilities(result).entries()) expect(row[planted[choice]!]).toBeGreaterThan(0.7);
  expect(result.strategy).toBe('darts');
  // Each of 150 steps runs all of the 4 candidates.
  expect(result.cost.imagesForwardBackward).toBe(32 * 150 * 4);
});

test('the expected latency ends at the limit where the better candidates are the slower ones', async () => {
  const costs = latencies({ planted: 3, others: 1 }, 5);
  const result = await searchPlanted(darts, { weights, costs, options: { steps: 300, damping: 20 } });
  const expected = result.history.columns['expected.latency']!.slice(-50);
  expect(Math.abs(expected.reduce((sum, ms) => sum + ms, 0) / 50 - 5)).toBeLessThan(0.25);
});

test('weight steps train all candidates at once', async () => {
  const search = (weightSteps: number) => searchPlanted(darts, { weights, costs: even, options: { steps: 2, weightSteps } });
  expect((await search(0)).weights).toEqual(weights);
  const { weights: after, cost } = await search(1);
  for (const name of ['a', 'b', 'c', 'd']) {
    const id = `first.${name}.conv.weight`;
    expect(after!.get(id)!.data).not.toEqual(weights.get(id)!.data);
  }
  expect(cost.imagesForwardBackward).toBe(32 * 4 * (2 + 2));
});

test('interrupted again and again it finds the same to the last bit', async () => {
  const search = { weights, costs: latencies({ planted: 3, others: 1 }, 5), options: { steps: 12 } };
  const whole = await searchPlanted(darts, search);
  const kept: KeptStates = new Map();
  for (const stop of [{ stopAt: 1 }, { stopAt: 4 }, { stopAt: 5, every: 2, crash: true }]) {
    await expect(searchPlanted(darts, { ...search, checkpoint: memoryCheckpoint(kept, stop) })).rejects.toThrow('stopped');
  }
  expect(await searchPlanted(darts, { ...search, checkpoint: memoryCheckpoint(kept) })).toEqual(whole);
});
