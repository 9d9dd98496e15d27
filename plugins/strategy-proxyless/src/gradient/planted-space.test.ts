import { memoryCheckpoint } from '@nasc/core';
import type { KeptStates, SearchResult } from '@nasc/core';
import type { DiagnosticError } from '@nasc/diagnostics';
import { formatDiagnostics } from '@nasc/diagnostics';
import { beforeAll, expect, test } from 'vitest';
import { latencies, planted, plantedWeights, searchPlanted } from '../../../../test/strategies/planted-space.ts';
import { proxylessGradient } from './proxyless-gradient.ts';

let weights: Awaited<ReturnType<typeof plantedWeights>>;
beforeAll(async () => {
  weights = await plantedWeights(0.01);
});

/** Every candidate costs the same. */
const even = latencies({ planted: 1, others: 1 });
const probabilities = (result: SearchResult) =>
  result.kind === 'distribution' ? result.logProbabilities.map((row) => row.map(Math.exp)) : [];
const probabilityOfPlanted = (result: SearchResult) => probabilities(result).map((row, choice) => row[planted[choice]!]!);

test.each([
  { gates: 'full_v2', steps: 150 },
  { gates: 'two', steps: 300 },
])('finds the planted candidate of every choice: $gates', async (options) => {
  const result = await searchPlanted(proxylessGradient, { weights, costs: even, options: { ...options, batchSize: 32 } });
  for (const probability of probabilityOfPlanted(result)) expect(probability).toBeGreaterThan(0.8);
  const { entropy, loss, step } = result.history.columns;
  expect(step).toHaveLength(options.steps);
  expect(entropy![0]).toBeCloseTo(Math.log(4), 4);
  expect(entropy!.at(-1)).toBeLessThan(entropy![0]! / 2);
  expect(loss!.slice(-20).reduce((sum, value) => sum + value, 0)).toBeLessThan(loss!.slice(0, 20).reduce((sum, value) => sum + value, 0));
});

test('without gradients of the cross-entropy it finds nothing: the control of the experiments', async () => {
  const result = await searchPlanted(proxylessGradient, {
    weights,
    costs: even,
    options: { steps: 150, crossEntropyGradients: false, batchSize: 32 },
  });
  for (const probability of probabilityOfPlanted(result)) expect(probability).toBeLessThan(0.3);
});

test.each([4.5, 5.5])(
  'the expected latency settles at the limit where the better candidates are the slower ones, %d ms',
  async (limitMs) => {
    // From 3.5 to 9.5 ms; cross-entropy alone would end near 9.5.
    const options = { steps: 300, damping: 20, batchSize: 32 };
    const result = await searchPlanted(proxylessGradient, {
      weights: await plantedWeights(1),
      costs: latencies({ planted: 3, others: 1 }, limitMs),
      options,
    });
    const expected = result.history.columns['expected.latency']!.slice(-50);
    expect(Math.abs(expected.reduce((sum, ms) => sum + ms, 0) / 50 - limitMs)).toBeLessThan(0.05 * limitMs);
  },
);

test('weight steps change the shared weights, and only they do', async () => {
  const search = (weightSteps: number) =>
    searchPlanted(proxylessGradient, { weights, costs: even, options: { steps: 5, weightSteps, batchSize: 32 } });
  expect((await search(0)).weights).toEqual(weights);
  const { weights: after, cost } = await search(2);
  expect(after!.get('logits.weight')!.data).not.toEqual(weights.get('logits.weight')!.data);
  // 10 weight steps and 5 gate steps, each of which runs 3 more candidates forward.
  expect(cost.imagesForwardBackward).toBe(32 * (10 + 5 * 2));
});

test('the same seed searches the same way to the last bit; another seed does not', async () => {
  const search = (seed: number) =>
    searchPlanted(proxylessGradient, { weights, costs: even, options: { steps: 20, seed, weightSteps: 1, batchSize: 32 } });
  const first = await search(1);
  expect(await search(1)).toEqual(first);
  expect(probabilities(await search(2))).not.toEqual(probabilities(first));
});

test.each([
  { gates: 'full_v2', weightSteps: 0 },
  { gates: 'two', weightSteps: 2 },
])('interrupted again and again it finds the same to the last bit: $gates, $weightSteps weight steps', async (options) => {
  const planned = {
    weights,
    costs: latencies({ planted: 3, others: 1 }, 5),
    options: { ...options, steps: 24, batchSize: 32 },
  };
  const whole = await searchPlanted(proxylessGradient, planned);
  const kept: KeptStates = new Map();
  for (const stop of [{ stopAt: 1 }, { stopAt: 6 }, { stopAt: 9, every: 4, crash: true }, { stopAt: 3, crash: true }]) {
    await expect(searchPlanted(proxylessGradient, { ...planned, checkpoint: memoryCheckpoint(kept, stop) })).rejects.toThrow('stopped');
  }
  expect(await searchPlanted(proxylessGradient, { ...planned, checkpoint: memoryCheckpoint(kept) })).toEqual(whole);
});

const divergence = async (options: object, kept: KeptStates = new Map()) => {
  const planned = { weights, costs: even, options: { steps: 9, batchSize: 32, ...options } };
  const error = await searchPlanted(proxylessGradient, { ...planned, checkpoint: memoryCheckpoint(kept) }).catch((cause: unknown) => cause);
  return formatDiagnostics((error as DiagnosticError).diagnostics);
};

test('a search that diverges says at which step, what was good and what to try; nothing bad is kept', async () => {
  const kept: KeptStates = new Map();
  const text = await divergence({ weightSteps: 1, weightLearningRate: 1e30 }, kept);
  expect(text).toMatch(
    /^error SEARCH_NOT_FINITE: The search diverged at architecture step (\d) of 9, learningRate 0\.1, weightLearningRate 1e\+30: .+\. .+\n {2}at \/derive\/strategy\n {2}hint: Lower the strategy's weightLearningRate, or train\.optimizer\.learningRate if the shared weights are bad already: the search then begins anew\. The same recipe would go on from the checkpoint after \d steps, and diverge again\.$/,
  );
  // The same command again goes on from weights that are good, and ends the same way.
  expect(await divergence({ weightSteps: 1, weightLearningRate: 1e30 }, kept)).toBe(text);
});
