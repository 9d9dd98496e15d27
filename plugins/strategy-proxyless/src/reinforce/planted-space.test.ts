import { memoryCheckpoint } from '@nasc/core';
import type { KeptStates, SearchResult } from '@nasc/core';
import { beforeAll, expect, test } from 'vitest';
import { latencyTable, planted, plantedWeights, searchPlanted } from '../planted.test-helper.ts';
import { proxylessReinforce as strategy } from './proxyless-reinforce.ts';

let weights: Awaited<ReturnType<typeof plantedWeights>>;
beforeAll(async () => {
  weights = await plantedWeights(0.01);
});

const even = latencyTable(
  0.2,
  [0, 1, 2].map(() => [0.1, 0.1, 0.1, 0.1]),
);
const probabilityOfPlanted = (result: SearchResult) =>
  result.kind === 'distribution' ? result.logProbabilities.map((row, choice) => Math.exp(row[planted[choice]!]!)) : [];
const small = { steps: 120, batchSize: 32, batches: 2, samples: 8 };

test.each(['published', 'moving-average'])('finds the planted candidate of every choice, baseline %s', async (baseline) => {
  const result = await searchPlanted({ strategy, weights, latency: even, options: { ...small, baseline } });
  for (const probability of probabilityOfPlanted(result)) expect(probability).toBeGreaterThan(0.8);
  const { reward } = result.history.columns;
  expect(reward!.at(-1)).toBeGreaterThan(reward![0]! + 0.2);
  // 8 networks on 2 batches of 32, forward only.
  expect(result.cost.imagesForwardBackward).toBe((120 * 8 * 2 * 32) / 3);
});

test('a reference makes faster candidates more probable than accuracy alone would', async () => {
  const candidates = [0, 1, 2].map((choice) => [0, 1, 2, 3].map((candidate) => (candidate === planted[choice] ? 3 : 1)));
  const search = (tradeoff: number) =>
    searchPlanted({ strategy, weights: weights, latency: latencyTable(0.5, candidates, 3), options: { ...small, steps: 60, tradeoff } });
  const expected = async (tradeoff: number) => (await search(tradeoff)).history.columns['expected.latency']!.at(-1)!;
  expect(await expected(3)).toBeLessThan((await expected(0)) - 1);
});

test('interrupted again and again it finds the same to the last bit', async () => {
  const planned = { strategy, weights, latency: even, options: { ...small, steps: 12, weightSteps: 1 } };
  const whole = await searchPlanted(planned);
  const kept: KeptStates = new Map();
  for (const stop of [{ stopAt: 1 }, { stopAt: 5, every: 4, crash: true }, { stopAt: 3 }])
    await expect(searchPlanted({ ...planned, checkpoint: memoryCheckpoint(kept, stop) })).rejects.toThrow('stopped');
  expect(await searchPlanted({ ...planned, checkpoint: memoryCheckpoint(kept) })).toEqual(whole);
});
