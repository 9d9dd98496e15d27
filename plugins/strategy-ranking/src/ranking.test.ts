// Both strategies on a space whose answer is known.
import { memoryCheckpoint } from '@nasc/core';
import type { KeptStates, SearchResult } from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import { formatDiagnostics } from '@nasc/diagnostics';
import type { DiagnosticError } from '@nasc/diagnostics';
import { pathCost } from '@nasc/search';
import { beforeAll, expect, test } from 'vitest';
import { latencies, planted, plantedWeights, searchPlanted } from '../../../test/strategies/planted-space.ts';
import { evolution } from './evolution/evolution.ts';
import { random } from './random/random.ts';

let weights: Awaited<ReturnType<typeof plantedWeights>>;
beforeAll(async () => {
  weights = await plantedWeights(1);
});

const even = latencies({ planted: 1, others: 1 });
const ranked = (result: SearchResult) => (result.kind === 'ranked' ? result.architectures : []);

const small = { population: 8, generations: 5, parents: 4, mutation: 0.3 };
const strategies = [
  { strategy: random, options: { networks: 40 } },
  { strategy: evolution, options: small },
  { strategy: evolution, options: { ...small, survival: 'youngest' } },
] as const;

test('random search ranks the planted network of all 64 first', async () => {
  const result = await searchPlanted(random, { weights, costs: even, options: { networks: 64 } });
  const networks = ranked(result);
  expect(networks[0]!.choices).toEqual(planted);
  expect(new Set(networks.map(({ choices }) => choices.join(','))).size).toBe(64);
  expect(networks).toEqual(networks.toSorted((a, b) => b.score - a.score));
  expect(result.weights).toEqual(weights);
  expect(result.cost.imagesForwardBackward).toBe(Math.round((64 * 128) / 3));
});

test.each([{ survival: 'best' }, { survival: 'youngest' }])(
  'evolution finds one of the best four of all 64 networks by scoring 40, and its last networks are better than most: $survival',
  async (options) => {
    const result = await searchPlanted(evolution, { weights, costs: even, options: { ...small, ...options } });
    const all = ranked(await searchPlanted(random, { weights, costs: even, options: { networks: 64 } }));
    const place = all.findIndex(({ choices }) => choices.join() === ranked(result)[0]!.choices.join());
    expect(place).toBeLessThan(4);
    const { score, best } = result.history.columns;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(score!.slice(-16))).toBeGreaterThan(mean(all.map((network) => network.score)));
    expect(best!.at(-1)).toBe(Math.max(...score!));
  },
);

test.each(strategies)(
  '$strategy.name $options.survival: every network keeps the limit, and none is scored twice',
  async ({ strategy, options }) => {
    const costs = latencies({ planted: 3, others: 1 }, 5.6);
    const result = await searchPlanted(strategy, { weights, costs, options });
    const networks = ranked(result);
    expect(networks.length).toBeGreaterThanOrEqual(20);
    expect(new Set(networks.map(({ choices }) => choices.join(','))).size).toBe(networks.length);
    for (const { choices } of networks) expect(pathCost(costs[0]!, choices)).toBeLessThanOrEqual(5.6);
    expect(Math.max(...result.history.columns['latency']!)).toBe(5.5);
  },
);

test.each(strategies)(
  '$strategy.name $options.survival: interrupted again and again it finds the same to the last bit',
  async ({ strategy, options }) => {
    const search = { weights, costs: latencies({ planted: 3, others: 1 }, 5.6), options: { ...options, weightSteps: 4 } };
    const whole = await searchPlanted(strategy, search);
    const kept: KeptStates = new Map();
    for (const stop of [{ stopAt: 2 }, { stopAt: 9 }, { stopAt: 14, every: 4, crash: true }]) {
      await expect(searchPlanted(strategy, { ...search, checkpoint: memoryCheckpoint(kept, stop) })).rejects.toThrow('stopped');
    }
    expect(await searchPlanted(strategy, { ...search, checkpoint: memoryCheckpoint(kept) })).toEqual(whole);
  },
);

test('weight steps train the shared weights on, and count', async () => {
  const search = (weightSteps: number) => searchPlanted(random, { weights, costs: even, options: { networks: 3, weightSteps } });
  const { weights: after, cost } = await search(5);
  expect(after!.get('logits.weight')!.data).not.toEqual(weights.get('logits.weight')!.data);
  expect(cost.imagesForwardBackward - (await search(0)).cost.imagesForwardBackward).toBe(5 * 32);
});

test('"accuracy" ranks by the share of images that are right', async () => {
  const result = await searchPlanted(random, { weights, costs: even, options: { networks: 10, score: 'accuracy' } });
  const { score, accuracy } = result.history.columns;
  expect(score).toEqual(accuracy);
  expect(ranked(result)[0]!.score).toBe(Math.max(...accuracy!));
});

const text = (diagnostics: readonly Diagnostic[]) => formatDiagnostics([...diagnostics]);
const failure = (costs: typeof even, from = weights) =>
  searchPlanted(random, { weights: from, costs, options: { networks: 3 } }).catch((cause: DiagnosticError) => text(cause.diagnostics));

test('fewer networks than were asked for are ranked, and said', async () => {
  const reported: Diagnostic[] = [];
  const costs = latencies({ planted: 3, others: 1 }, 4);
  const result = await searchPlanted(random, { weights, costs, options: { networks: 40 }, report: (found) => reported.push(found) });
  expect(ranked(result)).toHaveLength(27);
  expect(text(reported)).toMatchInlineSnapshot(`
    "warning RANKING_FEW_NETWORKS: Only 27 networks that keep the limits were found; 40 were to be ranked.
      at /derive/strategy
      hint: These may be all that there are. Allow more, or use a larger space, if the choice should be wider."
  `);
});

test('limits that contradict each other, and weights that are no numbers, end with a diagnostic', async () => {
  const [latency] = latencies({ planted: 3, others: 1 }, 4);
  const [macs] = latencies({ planted: 1, others: 3 }, 4);
  expect(await failure([latency!, { ...macs!, name: 'macs', unit: 'MACs' }])).toMatchInlineSnapshot(`
    "error RANKING_NO_NETWORK: No network that keeps 4 ms and 4 MACs was found.
      at /constraints
      hint: Each limit can be kept alone; allow more of one of them, or use a space with cheaper candidates."
  `);
  const broken = new Map([...weights].map(([id, tensor]) => [id, { ...tensor, data: tensor.data.map(() => Number.NaN) }]));
  expect(await failure(even, broken)).toMatchInlineSnapshot(`
    "error RANKING_NOT_FINITE: The cross-entropy of network 2-3-0 under the shared weights is not a number.
      at /derive/strategy
      hint: Lower train.optimizer.learningRate, or the strategy's weightLearningRate where weightSteps are taken."
  `);
});
