import { Random } from '@nasc/random';
import { afterAll, expect, test } from 'vitest';
import { batchOf, batchesPerEpoch, evaluationBatch } from './batches.ts';
import type { Augmentation } from './dataset.ts';
import { inMemorySplit } from './in-memory-split.ts';
import { normalisationTable } from './normalisation.ts';
import { prepareSplit } from './prepared-dataset.ts';
import type { Subset } from './prepared-dataset.ts';
import { applyTransform } from './transform/apply-transform.ts';
import { drawTransform } from './transform/draw-transform.ts';
import { evaluationTransform } from './transform/evaluation-transform.ts';
import type { ImageTransform } from './transform/image-transform.ts';
import { createDataWorkers } from './workers/data-workers.ts';

const source = { height: 23, width: 31, channels: 3 };
const output = { height: 16, width: 12 };
const imageSize = 16 * 12 * 3;
const normalisation = { mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.3] };
const table = normalisationTable(normalisation);
const random = new Random({ seed: 1, stream: 'test' });
const split = inMemorySplit(
  source,
  Uint8Array.from({ length: 20 * 23 * 31 * 3 }, () => random.integer(256)),
  // Every image has a label of its own, by which it is known again in a batch.
  Uint16Array.from({ length: 20 }, (_, index) => index),
);
const pools = [0, 1, 3].map((count) => createDataWorkers({ count }));
afterAll(() => Promise.all(pools.map((pool) => pool.dispose())));

const subsetOf = (pool: number, cropShare = 1): Subset => ({
  split: prepareSplit(split, { ...output, cropShare, workers: pools[pool]! }),
  indices: Uint32Array.of(3, 19, 4, 11, 7, 0, 8, 15, 2, 13, 5),
});

const transformed = async (index: number, transform: ImageTransform): Promise<Float32Array> => {
  const floats = new Float32Array(imageSize);
  applyTransform(await split.load(index), transform, output, table, floats, 0);
  return floats;
};

const everything: Augmentation = {
  flip: true,
  randomResizedCrop: { scale: [0.2, 1] },
  colourJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  cutout: 5,
};

test.each([
  ['everything at once', everything],
  ['a zero-pad crop', { flip: true, crop: 3 }],
  ['cutout alone', { cutout: 7 }],
])('a batch is what its images give one by one, in any thread and any order: %s', async (_, augmentation) => {
  const options = { seed: 6, stream: 'warmup', batchSize: 4, normalisation, augmentation };
  const perEpoch = batchesPerEpoch(11, 4);
  for (const pool of pools.keys()) {
    for (const step of [5, 0, 3]) {
      const { images, labels } = await batchOf(subsetOf(pool), { ...options, step });
      for (const [position, index] of labels.entries()) {
        const key = { seed: 6, stream: 'warmup.augment', epoch: Math.floor(step / perEpoch), index };
        const expected = await transformed(index, drawTransform(augmentation, source, output, key));
        expect(images.subarray(position * imageSize, (position + 1) * imageSize)).toEqual(expected);
      }
    }
  }
});

test.each([1, 0.875, 0.5])('evaluation with a crop of %d is never augmented, and the same in any thread', async (cropShare) => {
  for (const pool of pools.keys()) {
    const { images, labels } = await evaluationBatch(subsetOf(pool, cropShare), 1, { batchSize: 4, normalisation });
    expect([...labels]).toEqual([7, 0, 8, 15]);
    for (const [position, index] of labels.entries()) {
      const expected = await transformed(index, evaluationTransform(cropShare, source, output));
      expect(images.subarray(position * imageSize, (position + 1) * imageSize)).toEqual(expected);
    }
  }
});
