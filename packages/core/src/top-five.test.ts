import { expect, test } from 'vitest';
import { countTopFive } from './top-five.ts';

test('top-5 agrees with sorting every row, the first of equals first', () => {
  const classes = 9;
  // Few values, so that many are equal.
  const logits = Float32Array.from({ length: 200 * classes }, (_, i) => ((i * i * 31 + 7 * i) % 11) % 4);
  const labels = Array.from({ length: 200 }, (_, n) => (n * 5 + (n >> 3)) % classes);
  const expected = labels.filter((label, n) => {
    const row = Array.from(logits.subarray(n * classes, (n + 1) * classes), (value, index) => ({ value, index }));
    const largest = row.toSorted((a, b) => b.value - a.value || a.index - b.index).slice(0, 5);
    return largest.some(({ index }) => index === label);
  });
  expect(expected.length).toBeGreaterThan(50);
  expect(expected.length).toBeLessThan(190);
  expect(countTopFive(logits, labels, classes)).toBe(expected.length);
});

test('five classes or fewer have no top-5', () => {
  expect(countTopFive([1, 2, 3, 4, 5], [0], 5)).toBeUndefined();
  expect(countTopFive([1, 2, 3, 4, 5, 6], [0], 6)).toBe(0);
});

test('a logit that is not a number is never right, and makes no other one right', () => {
  expect(countTopFive([NaN, 1, 1, 1, 1, 1], [0], 6)).toBe(0);
  expect(countTopFive([NaN, NaN, NaN, NaN, NaN, 1], [5], 6)).toBe(0);
  expect(countTopFive([NaN, 6, 5, 4, 3, 2], [4], 6)).toBe(1);
});
