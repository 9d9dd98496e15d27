// Every strategy through the whole of `derive`, on real digits and a space of two stages, in seconds: what it found keeps the limits.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPipeline } from 'nasc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkStore } from '../artifact-schemas.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-strategies-'));
  await writeFile(join(folder, 'phone.json'), JSON.stringify(phone));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Of a device whose latencies are known: the larger block is the faster one where the image is halved. */
const phone = {
  device: { id: 'phone', description: 'a phone' },
  protocol: {},
  spaces: [],
  blocks: Object.fromEntries(
    (
      [
        ['Conv-input:28x28x1-output:14x14x8', 1],
        ['expanded_conv-input:14x14x8-output:7x7x16-expand:2-kernel:3-stride:2-idskip:0', 4],
        ['expanded_conv-input:14x14x8-output:7x7x16-expand:4-kernel:5-stride:2-idskip:0', 2],
        ['expanded_conv-input:7x7x16-output:7x7x16-expand:2-kernel:3-stride:1-idskip:1', 0.5],
        ['expanded_conv-input:7x7x16-output:7x7x16-expand:4-kernel:5-stride:1-idskip:1', 0.75],
        ['Logits-input:7x7x16-output:10', 0.25],
      ] as const
    ).map(([key, ms]) => [key, { ms, count: 1, variance: 0 }]),
  ),
};

const config = () => ({
  task: { dataset: 'mnist', searchImages: 2500, archValidationImages: 300, scoringImages: 300 },
  space: {
    name: 'one-stage',
    stem: [{ name: 'stem', macro: 'convBnAct', width: 8, kernel: 3, stride: 2 }],
    candidates: [
      { macro: 'mbConv', kernel: 3, expansion: 2 },
      { macro: 'mbConv', kernel: 5, expansion: 4 },
    ],
    stages: [{ width: 16, blocks: 3, stride: 2 }],
    head: [{ name: 'head', macro: 'linearHead' }],
  },
  targets: [{ name: 'profile', file: 'phone.json' }],
  constraints: { latencyMs: 4.6, memoryBytes: 60_000 },
  threads: 2,
  train: { epochs: 0.5, optimizer: { learningRate: 0.1 } },
  derive: { strategy: { name: 'none' } as { name: string; [option: string]: unknown }, retrain: { epochs: 0.05 } },
  cacheDir: join(folder, 'cache'),
  outDir: join(folder, 'out'),
});

test.each([
  { name: 'proxyless-gradient', steps: 6 },
  { name: 'proxyless-gradient', epochs: 0.3, weightSteps: 3, gates: 'two', loss: 'absolute' },
  { name: 'proxyless-reinforce', steps: 3, samples: 3, batches: 1 },
  { name: 'darts', steps: 4 },
  { name: 'random', networks: 6 },
  { name: 'evolution', population: 3, generations: 2 },
  { name: 'cell-proxy', steps: 4, warmUpEpochs: 0.3 },
])('$name', async (strategy) => {
  const settings = { ...config(), derive: { ...config().derive, strategy } };
  const result = await createPipeline(settings, { folder }).run({ to: 'derive' });
  const { searchResult, architecture, supernet, derived } = result;
  expect(searchResult!.strategy).toBe(strategy.name);
  expect(searchResult!.cost.imagesForwardBackward).toBeGreaterThan(0);
  expect(searchResult!.cost.peakMemoryBytes).toBeGreaterThan(100_000);
  // A strategy that shares no weights of the space has no warm-up of it.
  expect(supernet!.cost.imagesForwardBackward > 0).toBe(strategy.name !== 'cell-proxy');
  expect(searchResult!.weights !== undefined).toBe(strategy.name !== 'cell-proxy');
  const limited = architecture!.costs.filter(({ limit }) => limit !== undefined);
  expect(limited.map(({ name }) => name)).toEqual(['latency', 'memory']);
  for (const { predicted, limit } of limited) expect(predicted).toBeLessThanOrEqual(limit!);
  expect(derived!.test.count).toBe(10_000);
});

test('all that they stored has the form that the schemas describe', async () => {
  expect((await checkStore(join(folder, 'cache'))).problems).toEqual([]);
});
