import { Random } from '@nasc/random';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Raster } from '../dataset.ts';
import { centreWindow } from './evaluation-transform.ts';
import type { Resolution, Window } from './image-transform.ts';
import { resample } from './resample.ts';

const noise = (height: number, width: number, channels: number): Raster => {
  const random = new Random({ seed: 4, stream: 'test', index: height });
  return { height, width, channels, pixels: Uint8Array.from({ length: height * width * channels }, () => random.integer(256)) };
};

/** The definition: a weighted mean over all pixels of the image, not rounded. */
const weightedMeans = (image: Raster, { top, left, scaleY, scaleX }: Window, output: Resolution): number[] => {
  const { height, width, channels, pixels } = image;
  const triangle = (distance: number, scale: number): number => Math.max(0, 1 - Math.abs(distance) / Math.max(1, scale));
  const means: number[] = [];
  for (let y = 0; y < output.height; y++) {
    for (let x = 0; x < output.width; x++) {
      const sums = Array.from({ length: channels }, () => 0);
      let total = 0;
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) {
          const weight = triangle(i + 0.5 - (top + (y + 0.5) * scaleY), scaleY) * triangle(j + 0.5 - (left + (x + 0.5) * scaleX), scaleX);
          total += weight;
          for (let c = 0; c < channels; c++) sums[c]! += weight * pixels[(i * width + j) * channels + c]!;
        }
      }
      means.push(...sums.map((sum) => sum / total));
    }
  }
  return means;
};

test.each([
  ['shrunk', [37, 53], { top: 3, left: 5, scaleY: 31 / 11, scaleX: 41 / 13 }, [11, 13]],
  ['shrunk much', [61, 47], { top: 0, left: 0, scaleY: 61 / 4, scaleX: 47 / 3 }, [4, 3]],
  ['enlarged', [9, 7], { top: 2, left: 1, scaleY: 5 / 17, scaleX: 4 / 19 }, [17, 19]],
  ['shrunk one way, enlarged the other', [40, 8], { top: 1, left: 2, scaleY: 33 / 10, scaleX: 5 / 15 }, [10, 15]],
  ['at fractions of a pixel', [21, 23], { top: 1.3, left: 0.7, scaleY: 1.9, scaleX: 1.7 }, [9, 11]],
  ['one pixel', [5, 5], { top: 4, left: 0, scaleY: 1 / 3, scaleX: 1 / 3 }, [3, 3]],
] as const)('%s: every byte is the mean by the triangle filter, rounded', (_, [height, width], window, [rows, columns]) => {
  for (const channels of [1, 2, 3]) {
    const image = noise(height, width, channels);
    const output = { height: rows, width: columns };
    const expected = weightedMeans(image, window, output);
    const found = resample(image, window, output);
    expect(found.length).toBe(expected.length);
    for (const [i, byte] of found.entries()) expect(Math.abs(byte - expected[i]!)).toBeLessThanOrEqual(0.5 + 1e-9);
  }
});

test('halving weighs 1 3 3 1, and 3 3 1 at the border', () => {
  const row = [0, 70, 0, 80, 0, 0, 0, 0];
  const image = { height: 2, width: 8, channels: 1, pixels: Uint8Array.from([...row, ...row]) };
  expect([...resample(image, centreWindow(1, image, { height: 1, width: 4 }), { height: 1, width: 4 })]).toEqual([30, 39, 10, 0]);
});

/** Smooth with noise on it: a filter shifted by a fraction of a pixel would show. */
const photograph = (height: number, width: number): Raster => {
  const random = new Random({ seed: 4, stream: 'test', index: height });
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [y, x] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width];
    return 110 + 70 * Math.sin(y / 5 + (i % 3)) * Math.cos(x / 4) + random.integer(40);
  });
  return { height, width, channels: 3, pixels };
};

test.each([
  [40, 40, 16],
  [33, 33, 20],
  [60, 60, 59],
])('%ix%i to %i agrees with the linear kernel of libvips within its rounding, borders apart', async (height, width, size) => {
  const image = photograph(height, width);
  const expected = await sharp(image.pixels, { raw: { height, width, channels: 3 } })
    .resize(size, size, { kernel: 'linear', fit: 'fill' })
    .raw()
    .toBuffer();
  const output = { height: size, width: size };
  const resized = resample(image, centreWindow(1, image, output), output);
  expect(resized.length).toBe(expected.length);
  // At the border libvips repeats the last pixel, and this filter weighs only pixels that exist.
  const inside = (i: number): boolean => [Math.floor(i / 3) % size, Math.floor(i / 3 / size)].every((at) => at > 1 && at < size - 2);
  const differences = Array.from(expected, (value, i) => (inside(i) ? Math.abs(value - resized[i]!) : 0));
  expect(Math.max(...differences)).toBeLessThanOrEqual(2);
});
