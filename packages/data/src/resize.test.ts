import { Random } from '@nasc/random';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { inMemorySplit } from './in-memory-split.ts';
import { resizeDataset, resizeImage } from './resize.ts';

test('doubling interpolates at quarter distances', () => {
  const shape = { height: 1, width: 2, channels: 1 };
  expect([...resizeImage(Uint8Array.of(0, 100), shape, { height: 2, width: 4 })]).toEqual([0, 25, 75, 100, 0, 25, 75, 100]);
});

test('halving weighs 1 3 3 1, as the triangle filter of that scale does', () => {
  const shape = { height: 2, width: 8, channels: 1 };
  const row = [0, 0, 0, 80, 0, 0, 0, 0];
  expect([...resizeImage(Uint8Array.from([...row, ...row]), shape, { height: 1, width: 4 })]).toEqual([0, 30, 10, 0]);
});

test('other proportions: the centre is cut out', () => {
  const shape = { height: 2, width: 4, channels: 1 };
  expect([...resizeImage(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape, { height: 2, width: 2 })]).toEqual([2, 3, 6, 7]);
});

/** Smooth with noise on it: a filter shifted by a fraction of a pixel would show. */
const noisy = (height: number, width: number): Uint8Array => {
  const random = new Random({ seed: 4, stream: 'test', index: height });
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [y, x] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width];
    return 110 + 70 * Math.sin(y / 5 + (i % 3)) * Math.cos(x / 4) + random.integer(40);
  });
};

test.each([
  [40, 40, 16],
  [33, 33, 20],
  [60, 60, 59],
])('%ix%i to %i agrees with the linear kernel of libvips within its rounding, borders apart', async (height, width, size) => {
  const pixels = noisy(height, width);
  const expected = await sharp(pixels, { raw: { height, width, channels: 3 } })
    .resize(size, size, { kernel: 'linear', fit: 'fill' })
    .raw()
    .toBuffer();
  const resized = resizeImage(pixels, { height, width, channels: 3 }, { height: size, width: size });
  expect(resized.length).toBe(expected.length);
  // At the border libvips repeats the last pixel, and this filter weighs only pixels that exist.
  const inside = (i: number): boolean => [Math.floor(i / 3) % size, Math.floor(i / 3 / size)].every((at) => at > 1 && at < size - 2);
  const differences = Array.from(expected, (value, i) => (inside(i) ? Math.abs(value - resized[i]!) : 0));
  expect(Math.max(...differences)).toBeLessThanOrEqual(2);
});

test('enlarging is bilinear between pixel centres', () => {
  const pixels = noisy(17, 17);
  const resized = resizeImage(pixels, { height: 17, width: 17, channels: 3 }, { height: 50, width: 50 });
  const clamp = (i: number): number => Math.min(16, Math.max(0, i));
  for (let y = 0; y < 50; y++) {
    for (let x = 0; x < 50; x++) {
      const [v, u] = [((y + 0.5) * 17) / 50 - 0.5, ((x + 0.5) * 17) / 50 - 0.5];
      const [top, left] = [Math.floor(v), Math.floor(u)];
      const at = (dy: number, dx: number): number => pixels[(clamp(top + dy) * 17 + clamp(left + dx)) * 3 + 1]!;
      const upper = at(0, 0) + (u - left) * (at(0, 1) - at(0, 0));
      const lower = at(1, 0) + (u - left) * (at(1, 1) - at(1, 0));
      expect(Math.abs(resized[(y * 50 + x) * 3 + 1]! - (upper + (v - top) * (lower - upper)))).toBeLessThan(0.5 + 1e-9);
    }
  }
});

test('a resized data set has another hash, and the same one each time', async () => {
  const shape = { height: 4, width: 4, channels: 1 };
  const split = inMemorySplit(
    shape,
    Uint8Array.from({ length: 32 }, (_, i) => 5 * i),
    Uint16Array.of(0, 1),
  );
  const dataset = {
    ...shape,
    name: 'small',
    classes: ['a', 'b'],
    train: split,
    test: split,
    manifestHash: 'h',
    source: '',
    defaultAugmentation: {},
  };
  const resized = await resizeDataset(dataset, { height: 2, width: 2 });
  expect(resized).toMatchObject({ height: 2, width: 2, name: 'small', train: { count: 2, height: 2, width: 2 } });
  const pixels = new Uint8Array(4);
  await resized.test.read(Uint32Array.of(1), pixels);
  expect(pixels).toEqual(resizeImage(split.pixels.subarray(16), shape, { height: 2, width: 2 }));
  expect(resized.manifestHash).not.toBe('h');
  expect((await resizeDataset({ ...dataset }, { height: 2, width: 2 })).manifestHash).toBe(resized.manifestHash);
  expect(await resizeDataset(dataset, { height: 2, width: 2 })).toBe(resized);
  expect((await resizeDataset(dataset, { height: 3, width: 2 })).manifestHash).not.toBe(resized.manifestHash);
  expect(await resizeDataset(dataset, { height: 4, width: 4 })).toBe(dataset);
});
