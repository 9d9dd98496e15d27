// Robust statistics of timing samples. Units are those of the samples.
import { Random } from '@nasc/random';

const sorted = (values: readonly number[]): number[] => {
  if (values.length === 0) throw new RangeError('No samples');
  return values.toSorted((a, b) => a - b);
};

/** Quantile by linear interpolation between order statistics (type 7), `q` in [0, 1]. */
export const quantile = (values: readonly number[], q: number): number => {
  const order = sorted(values);
  const position = q * (order.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, order.length - 1);
  return order[below]! + (position - below) * (order[above]! - order[below]!);
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Median of |x - median(x)|, unscaled. */
export const medianAbsoluteDeviation = (values: readonly number[]): number => {
  const centre = median(values);
  return median(values.map((value) => Math.abs(value - centre)));
};

/** Mean of the middle half: a quarter of the samples is cut from each end, counting fractions of samples. */
export const interquartileMean = (values: readonly number[]): number => {
  const order = sorted(values);
  const cut = order.length / 4;
  let sum = 0;
  for (const [index, value] of order.entries()) {
    // Sample `index` covers [index, index + 1) of the ordered mass; what lies in [cut, length - cut) counts.
    const share = Math.min(index + 1, order.length - cut) - Math.max(index, cut);
    if (share > 0) sum += share * value;
  }
  return sum / (order.length - 2 * cut);
};

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Percentile bootstrap interval of the median. The same seed gives the same interval. */
export const bootstrapMedianInterval = (
  values: readonly number[],
  options: { readonly seed: number; readonly confidence?: number; readonly resamples?: number },
): Interval => {
  const { seed, confidence = 0.95, resamples = 1000 } = options;
  const random = new Random({ seed, stream: 'measure.bootstrap' });
  const medians = Array.from({ length: resamples }, () => median(values.map(() => values[random.integer(values.length)]!)));
  return { low: quantile(medians, (1 - confidence) / 2), high: quantile(medians, (1 + confidence) / 2) };
};

export interface Summary {
  readonly samples: number;
  readonly median: number;
  readonly interquartileMean: number;
  readonly p95: number;
  readonly medianAbsoluteDeviation: number;
  /** 95 % bootstrap interval of the median. */
  readonly interval: Interval;
}

export const summarise = (values: readonly number[], seed: number): Summary => ({
  samples: values.length,
  median: median(values),
  interquartileMean: interquartileMean(values),
  p95: quantile(values, 0.95),
  medianAbsoluteDeviation: medianAbsoluteDeviation(values),
  interval: bootstrapMedianInterval(values, { seed }),
});
