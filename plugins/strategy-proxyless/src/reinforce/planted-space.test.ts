import { memoryCheckpoint } from '@nasc/core';
import type { KeptStates, SearchResult } from '@nasc/core';
import { beforeAll, expect, test } from 'vitest';
import { latencies, planted, plantedWeights, searchPlanted } from '../../../../test/strategies/planted-space.ts';
import { proxylessReinforce } from './proxyless-reinforce.ts';

let weights: Awaited<ReturnType<typeof plantedWeights>>;
beforeAll(async () => {
  weights = await plantedWeights(0.01);
});

const even = latencies({ planted: 1, others: 1 });
const probabilityOfPlanted = (result: SearchResult) =>
  result.kind === 'distribution' ? result.logProbabilities.map((row, choice) => Math.exp(row[planted[choice]!]!)) : [];
const small = { steps: 120, batchSize: 32, batches: 2, samples: 8 };

test.each(['published', 'moving-average'])('finds the planted candidate of every choice, baseline %s', async (baseline) => {
  const result = await searchPlanted(proxylessReinforce, { weights, costs: even, options: { ...small, baseline } });
  for (const probability of probabilityOfPlanted(result)) expect(probability).toBeGreaterThan(0.8);
  const { reward } = result.history.columns;
  expect(reward!.at(-1)).toBeGreaterThan(reward![0]! + 0.2);
  // 8 networks on 2 batches of 32, forward only.
  expect(result.cost.imagesForwardBackward).toBe((120 * 8 * 2 * 32) / 3);
});

test('a reference makes faster candidates more probable than accuracy alone would', async () => {
  const search = (tradeoff: number) =>
    searchPlanted(proxylessReinforce, {
      weights,
      costs: latencies({ planted: 3, others: 1 }, 4),
      options: { ...small, steps: 60, tradeoff },
    });
  const expected = async (tradeoff: number) => (await search(tradeoff)).history.columns['expected.latency']!.at(-1)!;
  expect(await expected(3)).toBeLessThan((await expected(0)) - 1);
});

test('interrupted again and again it finds the same to the last bit', async () => {
  const planned = { weights, costs: even, options: { ...small, steps: 12, weightSteps: 1 } };
  const whole = await searchPlanted(proxylessReinforce, planned);
  const kept: KeptStates = new Map();
  for (const stop of [{ stopAt: 1 }, { stopAt: 5, every: 4, crash: true }, { stopAt: 3 }])
    await expect(searchPlanted(proxylessReinforce, { ...planned, checkpoint: memoryCheckpoint(kept, stop) })).rejects.toThrow('stopped');
  expect(await searchPlanted(proxylessReinforce, { ...planned, checkpoint: memoryCheckpoint(kept) })).toEqual(whole);
});
