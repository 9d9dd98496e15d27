import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig } from '@nasc/config';
import { noCheckpoint, setUpPlugins, trackedRegistry } from '@nasc/core';
import type { PassContext, SearchSpaceArtifact, Supernet } from '@nasc/core';
import { inMemorySplit } from '@nasc/data';
import type { Dataset } from '@nasc/data';
import { engineNativePlugin } from '@nasc/engine-native';
import { buildGraph, float32 } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';
import { Random } from '@nasc/random';
import { expect, test } from 'vitest';
import { trainStage } from './train-stage.ts';

// Compiled code is found by its content, so all tests share it.
const cacheFolder = join(tmpdir(), 'nasc-engine-native-test');

const host = await setUpPlugins([opsPlugin, engineNativePlugin, trainStage]);
const registry = trackedRegistry(host.registrations, {});

/** Bright or dark images in noise, twice as large as the space wants them. */
const shape = { height: 8, width: 8, channels: 1 };
const classes = ['dark', 'bright'];
const random = new Random({ seed: 2, stream: 'test.images' });
const labels = Uint16Array.from({ length: 300 }, (_, image) => image % 2);
const pixels = Uint8Array.from({ length: 300 * 64 }, (_, position) => random.integer(200) + 50 * labels[position >> 6]!);
const train = inMemorySplit(shape, pixels, labels);
const dataset: Dataset = {
  ...shape,
  name: 'shades',
  classes,
  train,
  test: train,
  manifestHash: 'shades',
  source: 'test',
  defaultAugmentation: { crop: 1 },
};

const graph = buildGraph(registry, (builder) => {
  const block = builder.choice(
    'block',
    [builder.input('image', float32(4, 4, 1))],
    [
      { name: 'small', macro: 'convBnAct', attributes: { kernel: 1, width: 4 } },
      { name: 'large', macro: 'convBnAct', attributes: { kernel: 3, width: 4 } },
    ],
  );
  return builder.op('logits', 'linear', [builder.op('pool', 'globalAvgPool', [block])], { width: 2 });
});
const searchSpace: SearchSpaceArtifact = {
  name: 'shades',
  task: {
    dataset: 'shades',
    classes,
    inputShape: [4, 4, 1],
    normalisation: { mean: [0.5], std: [0.2] },
    evaluationCrop: 1,
    manifestHash: 'shades',
  },
  graph,
  costs: {},
};

const warmUp = async ({ threads = 2, ...changes }: { readonly threads?: number; readonly seed?: number } = {}): Promise<Supernet> => {
  const context: PassContext = {
    config: validateConfig(
      {
        task: { dataset: 'shades', archValidationImages: 50, scoringImages: 50 },
        space: 'shades',
        targets: ['cpu'],
        train: { epochs: 3, batchSize: 20, optimizer: { learningRate: 0.2 }, labelSmoothing: 0 },
        ...changes,
      },
      'test',
    ),
    folder: cacheFolder,
    signal: new AbortController().signal,
    inputHashes: {},
    registry,
    limits: {},
    get target(): never {
      throw new Error('warm-up knows no target');
    },
    engine: () => Promise.resolve({ engine: registry.engines.require('native'), options: { threads, cacheFolder } }),
    dataset: () => Promise.resolve(dataset),
    latencyPredictor: () => {
      throw new Error('not in this stage');
    },
    cacheFolder,
    report: () => {},
    checkpoint: noCheckpoint(),
    progress: () => {},
  };
  const { pass } = host.parts[0]!.passes[0]!;
  return (await pass.run({ searchSpace } as never, context)) as Supernet;
};

test('warm-up learns on the images that neither gates nor scoring hold, at the resolution of the space', async () => {
  const { weights, history, cost } = await warmUp();
  expect(cost.imagesForwardBackward).toBe(3 * 200);
  const { step, learningRate, loss, accuracy } = history.columns;
  expect([step!.length, learningRate![0]]).toEqual([30, 0.2]);
  expect(learningRate!.at(-1)).toBeLessThan(0.01);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(loss!.slice(-8))).toBeLessThan(mean(loss!.slice(0, 8)));
  expect(mean(accuracy!.slice(-8))).toBeGreaterThan(0.9);
  expect([...weights.keys()].toSorted()).toContain('block.large.conv.weight');
});

test('the same bits on any number of threads; another seed gives other weights', async () => {
  const first = await warmUp({ threads: 1 });
  expect(await warmUp({ threads: 2 })).toEqual(first);
  expect((await warmUp({ seed: 1 })).weights.get('logits.weight')).not.toEqual(first.weights.get('logits.weight'));
});
