import { philox4x32 } from '@nasc/random';
import { expect, test } from 'vitest';
import { keptMask } from './mask.ts';

test('element i of image n is dropped where word i % 4 of counter (i / 4, n, salt, 0) is below rate * 2^32', () => {
  const expected = [0, 1].flatMap((image) =>
    Array.from({ length: 7 }, (_, i) => (philox4x32([i >> 2, image, 11, 0], [1, 2])[i & 3]! < 0.25 * 2 ** 32 ? 0 : Math.fround(1 / 0.75))),
  );
  expect([...keptMask(2, 7, 0.25, { key: [1, 2], salt: 11 })]).toEqual(expected);
  expect(new Set(expected).size).toBe(2);
});

test('rate 0 keeps everything', () => {
  expect([...keptMask(2, 3, 0, { key: [1, 2], salt: 3 })]).toEqual([1, 1, 1, 1, 1, 1]);
});
