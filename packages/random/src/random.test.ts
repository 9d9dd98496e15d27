import { expect, test } from 'vitest';
import { philox4x32 } from './philox.ts';
import { Random } from './random.ts';

// Known answers of the Random123 distribution (kat_vectors, philox4x32 10 rounds).
test.each([
  { counter: [0, 0, 0, 0], key: [0, 0], expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const)('philox4x32 reproduces the published vector for key $key', ({ counter, key, expected }) => {
  expect(philox4x32(counter, key)).toEqual(expected);
});

test('the same key gives the same sequence, another step another one', () => {
  const draw = (step: number) =>
    Array.from(
      { length: 9 },
      (
        (random) => () =>
          random.uint32()
      )(new Random({ seed: 7, stream: 'test', step })),
    );
  expect(draw(3)).toEqual(draw(3));
  expect(draw(3)).not.toEqual(draw(4));
});

test('categorical draws follow the probabilities and never pick an impossible index', () => {
  const random = new Random({ seed: 1, stream: 'categorical' });
  const counts = [0, 0, 0];
  for (let i = 0; i < 20_000; i++) counts[random.categorical([0.2, 0.8, 0])]!++;
  expect(counts[0]! / 20_000).toBeCloseTo(0.2, 1);
  expect(counts[2]).toBe(0);
});

test('a permutation holds every index once', () => {
  const order = new Random({ seed: 5, stream: 'permutation' }).permutation(1000);
  expect(Uint32Array.from(order).toSorted()).toEqual(Uint32Array.from({ length: 1000 }, (_, index) => index));
});

test('normal draws have mean 0 and variance 1', () => {
  const random = new Random({ seed: 2, stream: 'normal' });
  const values = Array.from({ length: 20_000 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.05);
});

test.each([0.05, 0.2, 0.7, 1, 2.5, 20])('log gamma draws of shape %d: exp has mean and variance equal to the shape', (shape) => {
  const random = new Random({ seed: 3, stream: 'gamma' });
  const count = 40_000;
  const values = Array.from({ length: count }, () => Math.exp(random.logGamma(shape)));
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  // Standard errors: sqrt(shape / n) of the mean, and sqrt((m4 - shape^2) / n) of the variance with m4 = 3 shape^2 + 6 shape.
  expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / count));
  expect(Math.abs(variance - shape)).toBeLessThan(4 * Math.sqrt((2 * shape * shape + 6 * shape) / count));
});

test.each([
  [0.01, 0.01],
  [0.2, 0.2],
  [1, 1],
  [0.5, 3],
  [8, 2],
])('beta draws of (%d, %d) have the mean and variance of the distribution, and lie in 0..1', (a, b) => {
  const random = new Random({ seed: 4, stream: 'beta' });
  const count = 40_000;
  const values = Array.from({ length: count }, () => random.beta(a, b));
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  const expected = (a * b) / ((a + b) ** 2 * (a + b + 1));
  expect(Math.abs(mean - a / (a + b))).toBeLessThan(4 * Math.sqrt(expected / count));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(0.05);
});

test('Beta(1/2, 1/2) draws follow the arcsine distribution', () => {
  const random = new Random({ seed: 6, stream: 'beta' });
  const count = 20_000;
  const values = Array.from({ length: count }, () => random.beta(0.5, 0.5)).toSorted((a, b) => a - b);
  const cumulative = (x: number): number => (2 / Math.PI) * Math.asin(Math.sqrt(x));
  // Kolmogorov's distance; 1.95 / sqrt(n) is exceeded once in a thousand.
  const distance = Math.max(...values.map((value, i) => Math.abs(cumulative(value) - (i + 0.5) / count)));
  expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
});
