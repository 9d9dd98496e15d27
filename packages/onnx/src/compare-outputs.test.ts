import { expect, test } from 'vitest';
import { compareOutputs } from './compare-outputs.ts';

test('counts the images on which both name the same class, and measures the errors', () => {
  const reference = Float32Array.of(3, 4, 0, 0, 0, 12);
  const outputs = Float32Array.of(3, 4.5, 0, 0.25, 0, 12);
  const verification = compareOutputs(outputs, reference, 2);
  expect(verification).toEqual({ images: 3, maximumError: 0.5, relativeError: Math.sqrt(0.3125) / 13, sameClass: 2 });
  // The second image is a tie in the reference, where the first class counts.
  expect(compareOutputs(Float32Array.of(1, 2), Float32Array.of(2, 1), 2).sameClass).toBe(0);
});

test('equal outputs have no error, even where all are 0', () => {
  expect(compareOutputs(new Float32Array(4), new Float32Array(4), 2)).toEqual({
    images: 2,
    maximumError: 0,
    relativeError: 0,
    sameClass: 2,
  });
});

test.each([NaN, Infinity])('a %s among the outputs never passes for a small error', (value) => {
  const { maximumError, relativeError } = compareOutputs(Float32Array.of(value, 1, 1, 1), Float32Array.of(1, 1, 1, 1), 2);
  expect(maximumError < 1e-3).toBe(false);
  expect(relativeError < 1e-3).toBe(false);
});

test('outputs of different sizes are not compared', () => {
  expect(() => compareOutputs(new Float32Array(4), new Float32Array(6), 2)).toThrow('Cannot compare 4 with 6 logits of 2 classes');
});
