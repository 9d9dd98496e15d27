import type { SearchResult } from '@nasc/core';
import { beforeAll, expect, test } from 'vitest';
import { planted, plantedWeights, searchPlanted } from './planted.test-helper.ts';

let weights: Awaited<ReturnType<typeof plantedWeights>>;
beforeAll(async () => {
  weights = await plantedWeights(0.01);
});

/** Every candidate costs the same. */
const even = { constantMs: 0.2, candidatesMs: [0, 1, 2].map(() => [0.1, 0.1, 0.1, 0.1]) };
const probabilities = (result: SearchResult) =>
  result.kind === 'distribution' ? result.logProbabilities.map((row) => row.map(Math.exp)) : [];
const probabilityOfPlanted = (result: SearchResult) => probabilities(result).map((row, choice) => row[planted[choice]!]!);

test.each([
  { gates: 'full_v2', steps: 150 },
  { gates: 'two', steps: 300 },
])('finds the planted candidate of every choice: $gates', async (options) => {
  const result = await searchPlanted({ weights, latency: even, options: { ...options, batchSize: 32 } });
  for (const probability of probabilityOfPlanted(result)) expect(probability).toBeGreaterThan(0.8);
  const { entropy, loss, step } = result.history.columns;
  expect(step).toHaveLength(options.steps);
  expect(entropy![0]).toBeCloseTo(Math.log(4), 4);
  expect(entropy!.at(-1)).toBeLessThan(entropy![0]! / 2);
  expect(loss!.slice(-20).reduce((sum, value) => sum + value, 0)).toBeLessThan(loss!.slice(0, 20).reduce((sum, value) => sum + value, 0));
});

test('without gradients of the cross-entropy it finds nothing: the control of the experiments', async () => {
  const result = await searchPlanted({ weights, latency: even, options: { steps: 150, crossEntropyGradients: false, batchSize: 32 } });
  for (const probability of probabilityOfPlanted(result)) expect(probability).toBeLessThan(0.3);
});

test.each([4.5, 5.5])(
  'the expected latency settles at the limit where the better candidates are the slower ones, %d ms',
  async (limitMs) => {
    // From 3.5 to 9.5 ms; cross-entropy alone would end near 9.5.
    const candidatesMs = [0, 1, 2].map((choice) => [0, 1, 2, 3].map((candidate) => (candidate === planted[choice] ? 3 : 1)));
    const latency = { constantMs: 0.5, candidatesMs };
    const options = { steps: 300, damping: 20, batchSize: 32 };
    const result = await searchPlanted({ weights: await plantedWeights(1), latency, limitMs, options });
    const expected = result.history.columns['expectedMs']!.slice(-50);
    expect(Math.abs(expected.reduce((sum, ms) => sum + ms, 0) / 50 - limitMs)).toBeLessThan(0.05 * limitMs);
  },
);

test('weight steps change the shared weights, and only they do', async () => {
  const search = (weightSteps: number) => searchPlanted({ weights, latency: even, options: { steps: 5, weightSteps, batchSize: 32 } });
  expect((await search(0)).weights).toEqual(weights);
  const { weights: after, imagesForwardBackward } = await search(2);
  expect(after.get('logits.weight')!.data).not.toEqual(weights.get('logits.weight')!.data);
  // 10 weight steps and 5 gate steps, each of which runs 3 more candidates forward.
  expect(imagesForwardBackward).toBe(32 * (10 + 5 * 2));
});

test('the same seed searches the same way to the last bit; another seed does not', async () => {
  const search = (seed: number) => searchPlanted({ weights, latency: even, options: { steps: 20, seed, weightSteps: 1, batchSize: 32 } });
  const first = await search(1);
  expect(await search(1)).toEqual(first);
  expect(probabilities(await search(2))).not.toEqual(probabilities(first));
});
