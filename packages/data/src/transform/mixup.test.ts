import { Random } from '@nasc/random';
import { expect, test } from 'vitest';
import { drawMixing, mixBatch, mixRows } from './mixup.ts';

const keyOf = (step: number) => ({ seed: 21, stream: 'warmup.mixup', step });

/** Images of 5 floats; every image is its own class, with label smoothing 0.1. */
const batchOf = (count: number) => {
  const random = new Random({ seed: 1, stream: 'test' });
  const images = Float32Array.from({ length: count * 5 }, () => random.normal());
  const targets = Float32Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 0.9 : 0) + 0.1 / count);
  return { count, images, targets };
};

test('each image is blended with its partner as its target is, and targets go on summing to 1', () => {
  for (const count of [1, 2, 7, 16]) {
    const before = batchOf(count);
    const batch = batchOf(count);
    mixBatch(batch, 0.4, keyOf(count));
    const { share, partners } = drawMixing(0.4, count, keyOf(count));
    for (let i = 0; i < count; i++) {
      const blend = (rows: Float32Array, size: number, at: number): number =>
        share * rows[i * size + at]! + (1 - share) * rows[partners[i]! * size + at]!;
      for (let at = 0; at < 5; at++) expect(batch.images[i * 5 + at]).toBe(Math.fround(blend(before.images, 5, at)));
      for (let at = 0; at < count; at++) expect(batch.targets[i * count + at]).toBe(Math.fround(blend(before.targets, count, at)));
      const sum = batch.targets.subarray(i * count, (i + 1) * count).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
    // Sums over the batch stay: every image is a partner once.
    const total = (rows: Float32Array): number => rows.reduce((sum, value) => sum + value, 0);
    expect(total(batch.images)).toBeCloseTo(total(before.images), 4);
  }
});

test('cycles of any length, and images that are their own partner', () => {
  const rows = Float32Array.of(1, 10, 100, 1000, 10_000, 7);
  mixRows(rows, { share: 0.75, partners: Uint32Array.of(2, 1, 4, 5, 0, 3) });
  expect([...rows]).toEqual([25.75, 10, 2575, 751.75, 7500.25, 255.25]);
});

test('a mixing is a function of its key; its share has the moments of Beta(alpha, alpha)', () => {
  expect(drawMixing(0.2, 9, keyOf(3))).toEqual(drawMixing(0.2, 9, keyOf(3)));
  expect(drawMixing(0.2, 9, keyOf(3))).not.toEqual(drawMixing(0.2, 9, keyOf(4)));
  const count = 5000;
  for (const alpha of [0.2, 1, 4]) {
    const shares = Array.from({ length: count }, (_, step) => drawMixing(alpha, 2, keyOf(step)).share);
    const mean = shares.reduce((sum, value) => sum + value, 0) / count;
    const variance = shares.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / count;
    const expected = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(expected / count));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.1);
  }
});
