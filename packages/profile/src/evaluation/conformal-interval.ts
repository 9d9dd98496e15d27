// Intervals of predictions that assume nothing of the errors but that the next one is like those seen (split conformal prediction: Vovk,
// Gammerman, Shafer, "Algorithmic learning in a random world", 2005).
import type { PredictionAccuracy } from '@nasc/core';

type PredictionInterval = PredictionAccuracy['interval'];

/**
 * `low` and `high` of measured / predicted, from n ratios of networks that the model had not seen, at least one: the order statistics of
 * ranks n + 1 - r and r, r = ⌈(n + 1) (1 + confidence) / 2⌉, between which the next ratio lies with probability (2 r - n - 1) / (n + 1) at
 * least. Where n is too small for the wanted confidence, all ratios span the interval, and its `confidence` is what that gives.
 */
export const conformalInterval = (ratios: readonly number[], confidence: number): PredictionInterval => {
  const order = ratios.toSorted((a, b) => a - b);
  const count = order.length;
  // Rounding must not make 19 of 0.95 · 20 a 20.
  const wanted = Math.ceil(((1 + confidence) / 2) * (count + 1) - 1e-9);
  const rank = Math.min(count, wanted);
  return { confidence: wanted > count ? (count - 1) / (count + 1) : confidence, low: order[count - rank]!, high: order[rank - 1]! };
};

export const isInside = ({ low, high }: PredictionInterval, ratio: number): boolean => low <= ratio && ratio <= high;
