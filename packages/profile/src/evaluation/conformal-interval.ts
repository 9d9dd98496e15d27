// Intervals of predictions that assume nothing of the errors but that the next one is like those seen (split conformal prediction: Vovk,
// Gammerman, Shafer, 2005).
import type { PredictionAccuracy } from '@nasc/core';

type PredictionInterval = PredictionAccuracy['interval'];

/**
 * `low` and `high` of measured / predicted, from the ratios of networks that the model had not seen: with as much of the remaining
 * probability below as above, and the order statistic that covers `confidence` of further networks on average for any number of ratios.
 */
export const conformalInterval = (ratios: readonly number[], confidence: number): PredictionInterval => {
  const order = ratios.toSorted((a, b) => a - b);
  const rank = Math.ceil(((1 + confidence) / 2) * (order.length + 1));
  const index = Math.min(order.length, rank) - 1;
  return { confidence, low: order[order.length - 1 - index]!, high: order[index]! };
};

export const isInside = ({ low, high }: PredictionInterval, ratio: number): boolean => low <= ratio && ratio <= high;
