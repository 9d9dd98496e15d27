import { expect, test } from 'vitest';
import { caught } from '../../diagnostics/src/caught.test-helper.ts';
import { classBalancedSplit } from './class-balanced-split.ts';

const equal = Uint16Array.from({ length: 1000 }, (_, i) => (i * 7) % 10);
const countsOf = (labels: Uint16Array, indices: Uint32Array, classes: number): number[] => {
  const counts = Array.from({ length: classes }, () => 0);
  for (const index of indices) counts[labels[index]!]!++;
  return counts;
};

test('parts are disjoint, balanced and of the size asked for', () => {
  const { archValidation, scoring, train } = classBalancedSplit(equal, { archValidation: 300, scoring: 200, train: 'rest' }, 1);
  expect(countsOf(equal, archValidation, 10)).toEqual(Array.from({ length: 10 }, () => 30));
  expect(countsOf(equal, scoring, 10)).toEqual(Array.from({ length: 10 }, () => 20));
  expect(countsOf(equal, train, 10)).toEqual(Array.from({ length: 10 }, () => 50));
  expect(new Set([...archValidation, ...scoring, ...train]).size).toBe(1000);
  expect([...train]).toEqual([...train].toSorted((a, b) => a - b));
});

test('the same seed gives the same parts, another one others; a part depends only on the sizes before it', () => {
  const first = classBalancedSplit(equal, { a: 300, b: 'rest' }, 1);
  expect(classBalancedSplit(equal, { a: 300, b: 'rest' }, 1)).toEqual(first);
  expect(classBalancedSplit(equal, { a: 300, b: 100 }, 1).a).toEqual(first.a);
  expect(classBalancedSplit(equal, { a: 300, b: 'rest' }, 2).a).not.toEqual(first.a);
});

test('sizes that the classes do not divide differ by at most one image a class', () => {
  const { a, b } = classBalancedSplit(equal, { a: 123, b: 77 }, 3);
  expect(countsOf(equal, a, 10).toSorted()).toEqual([12, 12, 12, 12, 12, 12, 12, 13, 13, 13]);
  expect(countsOf(equal, b, 10).every((count) => count === 7 || count === 8)).toBe(true);
});

test('a rare class keeps its share in every part', () => {
  const rare = Uint16Array.from({ length: 1000 }, (_, i) => (i < 950 ? 0 : 1));
  const { held, train } = classBalancedSplit(rare, { held: 400, train: 'rest' }, 1);
  expect(countsOf(rare, held, 2)).toEqual([380, 20]);
  expect(countsOf(rare, train, 2)).toEqual([570, 30]);
});

test('too few images', async () => {
  const hint =
    '\n  hint: Hold out fewer images (`task.archValidationImages`, `task.scoringImages`, `task.searchImages`) or use a larger data set.';
  expect(await caught(() => classBalancedSplit(equal, { archValidation: 900, scoring: 200, train: 'rest' }, 1))).toBe(
    `error DATA_TOO_FEW_IMAGES: 1000 images are not enough for 900 archValidation + 200 scoring + at least 1 train.${hint}`,
  );
  expect(await caught(() => classBalancedSplit(equal, { archValidation: 1000, train: 'rest' }, 1))).toBe(
    `error DATA_TOO_FEW_IMAGES: 1000 images are not enough for 1000 archValidation + at least 1 train.${hint}`,
  );
});
