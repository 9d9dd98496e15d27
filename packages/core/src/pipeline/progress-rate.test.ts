import { expect, test } from 'vitest';
import { createProgressRate } from './progress-rate.ts';

/** Remaining ms after each `[done, total, unit, nowMs]`. */
const estimates = (...reports: readonly (readonly [number, number, string, number])[]) => {
  const remainingMs = createProgressRate();
  return reports.map(([done, total, unit, nowMs]) => remainingMs({ done, total, unit }, nowMs));
};

test('the speed is that since the first report: what came before it does not count', () => {
  expect(estimates([1, 11, 'steps', 60_000], [2, 11, 'steps', 60_500], [6, 11, 'steps', 61_000], [11, 11, 'steps', 61_200])).toEqual([
    undefined,
    4500,
    1000,
    0,
  ]);
});

test('nothing is estimated while nothing was done', () => {
  expect(estimates([0, 5, 'models', 0], [0, 5, 'models', 900])).toEqual([undefined, undefined]);
});

test('another total is another count: the compiling before it is not its speed', () => {
  expect(estimates([0, 1, 'networks', 0], [1, 1, 'networks', 40_000], [8, 100, 'networks', 41_000], [16, 100, 'networks', 41_080])).toEqual(
    [undefined, 0, undefined, 840],
  );
});

test('so is another unit of the same total', () => {
  expect(estimates([0, 4, 'files', 0], [2, 4, 'files', 8000], [2, 4, 'images', 8000], [3, 4, 'images', 8010])).toEqual([
    undefined,
    8000,
    undefined,
    10,
  ]);
});

test('and a count that begins again, even where it began further on than the first one', () => {
  expect(estimates([0, 9, 'steps', 0], [8, 9, 'steps', 800], [3, 9, 'steps', 5000], [4, 9, 'steps', 5001])).toEqual([
    undefined,
    100,
    undefined,
    5,
  ]);
});
