import { Random } from '@nasc/random';
import { expect, test } from 'vitest';
import { inMemorySplit } from './in-memory-split.ts';
import { computeNormalisation, normalisationTable } from './normalisation.ts';

const shape = { height: 5, width: 4, channels: 3 };
const size = 60;
const random = new Random({ seed: 1, stream: 'test' });
const pixels = Uint8Array.from({ length: 1500 * size }, (_, i) => (i % 3 === 2 ? 77 : Math.floor(random.uniform() ** (1 + (i % 3)) * 256)));
const split = inMemorySplit(shape, pixels, new Uint16Array(1500));

/** Two passes over the values themselves. */
const reference = (images: readonly number[], channel: number) => {
  const values = images.flatMap((image) => [...pixels.subarray(image * size, (image + 1) * size)].filter((_, i) => i % 3 === channel));
  const mean = values.reduce((sum, value) => sum + value / 255, 0) / values.length;
  return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value / 255 - mean) ** 2, 0) / values.length) };
};

test('mean and standard deviation of each channel', async () => {
  const images = Array.from({ length: 1500 }, (_, i) => i);
  const { mean, std } = await computeNormalisation(split);
  for (const channel of [0, 1]) {
    expect(mean[channel]).toBeCloseTo(reference(images, channel).mean, 12);
    expect(std[channel]).toBeCloseTo(reference(images, channel).std, 12);
  }
});

test('sums that are known already are taken instead of the images', async () => {
  const sums = { pixels: 4, sums: [4 * 51], squares: [4 * 51 * 51 + 4 * 100] };
  const { mean, std } = await computeNormalisation({ ...split, channels: 1, sums });
  expect(mean[0]).toBeCloseTo(0.2, 12);
  expect(std[0]).toBeCloseTo(10 / 255, 12);
});

test('a channel that never changes gets std 1', async () => {
  const { mean, std } = await computeNormalisation(split);
  expect(mean[2]).toBeCloseTo(77 / 255, 12);
  expect(std[2]).toBe(1);
});

test('the table holds (byte / 255 - mean) / std of each channel', () => {
  const table = normalisationTable({ mean: [0.5, 0.25], std: [0.5, 0.125] });
  expect(table.length).toBe(512);
  expect([table[0], table[255], table[256], table[511]]).toEqual([-1, 1, -2, 6]);
  expect(table[256 + 51]).toBe(Math.fround((0.2 - 0.25) / 0.125));
});
