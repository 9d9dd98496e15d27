import { describe, expect, it } from 'vitest';
import { bootstrapMedianInterval, interquartileMean, median, medianAbsoluteDeviation, quantile, summarise } from './statistics.ts';

describe('statistics, against values worked by hand', () => {
  it('median and quantiles interpolate between order statistics', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    // Positions 0..4: 0.95 * 4 = 3.8, so 4 + 0.8 * (10 - 4).
    expect(quantile([1, 2, 3, 4, 10], 0.95)).toBeCloseTo(8.8, 12);
    expect(quantile([7], 0.3)).toBe(7);
  });

  it('median absolute deviation ignores an outlier', () => {
    // median 3; deviations 2 1 0 1 97; their median 1.
    expect(medianAbsoluteDeviation([1, 2, 3, 4, 100])).toBe(1);
  });

  it('interquartile mean cuts a quarter of the mass at each end', () => {
    // 8 samples: the middle four are 3 4 5 6.
    expect(interquartileMean([8, 1, 2, 7, 3, 6, 4, 5])).toBe(4.5);
    // 5 samples: 1.25 cut from each end leaves 0.75 of 2, all of 3, 0.75 of 4: (1.5 + 3 + 3) / 2.5.
    expect(interquartileMean([1, 2, 3, 4, 90])).toBe(3);
    expect(interquartileMean([1, 1, 2, 6, 6])).toBeCloseTo((0.75 + 2 + 4.5) / 2.5, 12);
  });

  it('bootstrap interval holds the median, repeats with the seed, and is a point for equal samples', () => {
    const values = Array.from({ length: 40 }, (_, index) => 10 + ((index * 7) % 11));
    const interval = bootstrapMedianInterval(values, { seed: 3 });
    expect(interval).toEqual(bootstrapMedianInterval(values, { seed: 3 }));
    expect(interval.low).toBeLessThanOrEqual(median(values));
    expect(interval.high).toBeGreaterThanOrEqual(median(values));
    expect(interval.low).toBeGreaterThanOrEqual(10);
    expect(interval.high).toBeLessThanOrEqual(20);
    expect(bootstrapMedianInterval([2, 2, 2], { seed: 0 })).toEqual({ low: 2, high: 2 });
  });

  it('refuses to summarise nothing', () => {
    expect(() => summarise([], 0)).toThrow('No samples');
  });
});
