import { expect, test } from 'vitest';
import { batchOf, batchesPerEpoch, evaluationBatch, evaluationBatches } from './batches.ts';
import type { BatchOptions } from './batches.ts';
import { inMemorySplit } from './in-memory-split.ts';
import { prepareSplit, wholeSplit } from './prepared-dataset.ts';

/** Image i is filled with the byte i; its class is i % 5. */
const shape = { height: 4, width: 4, channels: 1 };
const images = inMemorySplit(
  shape,
  Uint8Array.from({ length: 100 * 16 }, (_, i) => i >> 4),
  Uint16Array.from({ length: 100 }, (_, i) => i % 5),
);
const split = prepareSplit(images, shape);
const subset = { split, indices: Uint32Array.from({ length: 50 }, (_, i) => 2 * i) };
const normalisation = { mean: [0], std: [1 / 255] };
const options = (step: number, changes: Partial<BatchOptions> = {}): BatchOptions => ({
  step,
  batchSize: 8,
  seed: 1,
  stream: 'test',
  normalisation,
  ...changes,
});
/** The first pixel of each image, back as the number of the image. */
const imagesOf = ({ images }: { images: Float32Array }): number[] => [...images].filter((_, i) => i % 16 === 0).map(Math.round);

test('an epoch has each image at most once, in whole batches; the next one is in another order', async () => {
  expect(batchesPerEpoch(50, 8)).toBe(6);
  const epochs = await Promise.all(
    [0, 1].map(async (epoch) => {
      const batches = await Promise.all([0, 1, 2, 3, 4, 5].map((step) => batchOf(subset, options(6 * epoch + step))));
      for (const batch of batches) expect([...batch.labels]).toEqual(imagesOf(batch).map((image) => image % 5));
      return batches.flatMap(imagesOf);
    }),
  );
  for (const images of epochs) {
    expect(images.length).toBe(48);
    expect(new Set(images).size).toBe(48);
    expect(images.every((image) => image % 2 === 0)).toBe(true);
  }
  expect(epochs[0]).not.toEqual(epochs[1]);
});

test('a step gives the same bytes whatever was asked before, in a fresh subset too', async () => {
  const augmentation = { flip: true, crop: 1 };
  const expected = await batchOf(subset, options(20, { augmentation }));
  for (const step of [0, 7, 13, 55, 200]) await batchOf(subset, options(step, { augmentation }));
  expect(await batchOf(subset, options(20, { augmentation }))).toEqual(expected);
  expect(await batchOf({ split, indices: subset.indices.slice() }, options(20, { augmentation }))).toEqual(expected);
});

test('seed and stream change the order', async () => {
  const first = imagesOf(await batchOf(subset, options(0)));
  expect(imagesOf(await batchOf(subset, options(0, { seed: 2 })))).not.toEqual(first);
  expect(imagesOf(await batchOf(subset, options(0, { stream: 'other' })))).not.toEqual(first);
});

test('the transformation belongs to the image and the epoch, not to its place in a batch', async () => {
  const augmentation = { crop: 2 };
  const pixelsOf = async (batchSize: number, epoch: number): Promise<Map<number, string>> => {
    const found = new Map<number, string>();
    const steps = batchesPerEpoch(50, batchSize);
    for (let step = epoch * steps; step < (epoch + 1) * steps; step++) {
      const { images, count } = await batchOf(subset, options(step, { batchSize, augmentation }));
      for (let i = 0; i < count; i++) {
        const image = [...images.subarray(i * 16, (i + 1) * 16)].map(Math.round);
        found.set(Math.max(...image), image.join());
      }
    }
    return found;
  };
  const small = await pixelsOf(5, 0);
  const large = await pixelsOf(10, 0);
  expect(small.size).toBe(50);
  expect(small).toEqual(large);
  expect(await pixelsOf(10, 1)).not.toEqual(large);
});

test('a subset smaller than a batch is one batch', async () => {
  const few = { split, indices: Uint32Array.of(4, 7, 9) };
  for (const step of [0, 1, 2]) {
    const batch = await batchOf(few, options(step));
    expect(batch.count).toBe(3);
    expect(imagesOf(batch).toSorted()).toEqual([4, 7, 9]);
  }
});

test('evaluation goes through the subset once, in order, with the rest at the end', async () => {
  const seen: number[][] = [];
  for await (const batch of evaluationBatches(subset, { batchSize: 20, normalisation })) seen.push(imagesOf(batch));
  expect(seen.map((images) => images.length)).toEqual([20, 20, 10]);
  expect(seen.flat()).toEqual([...subset.indices]);
  expect(imagesOf(await evaluationBatch(wholeSplit(split), 4, { batchSize: 24, normalisation }))).toEqual([96, 97, 98, 99]);
});

test('pixels are normalised', async () => {
  const { images } = await evaluationBatch(wholeSplit(split), 1, { batchSize: 51, normalisation: { mean: [0.5], std: [0.25] } });
  expect(images[0]).toBe(Math.fround((51 / 255 - 0.5) / 0.25));
});
