// From scored networks to the front: the best one under each limit.
import type { FrontPoint, ScoredNetwork } from '@nasc/core';

/** The higher the better. A cross-entropy that is no number is worse than any. */
const worth = ({ accuracy, searchScore }: ScoredNetwork): number => {
  const value = accuracy ? -accuracy.crossEntropy : searchScore;
  return Number.isNaN(value) ? -Infinity : value;
};

/**
 * At each limit, ms and rising, the best of all networks that are predicted to keep it, whichever limit they were proposed for: so a larger
 * limit never has a worse network, and what a faster network beats is no point. Limits with the same network are one point. Of networks that
 * are equally good the fastest is taken. What has no accuracy is ranked as the search ranks it.
 */
export const chooseFront = (
  networks: readonly ScoredNetwork[],
  limitsMs: readonly number[],
): readonly (ScoredNetwork & Pick<FrontPoint, 'limitsMs'>)[] => {
  const best = networks
    .map((network) => ({ network, value: worth(network) }))
    .toSorted((a, b) => (a.value === b.value ? a.network.predictedMs - b.network.predictedMs : b.value - a.value))
    .map(({ network }) => network);
  const limitsOf = new Map<ScoredNetwork, number[]>();
  for (const limitMs of limitsMs) {
    const found = best.find(({ predictedMs }) => predictedMs <= limitMs);
    if (found) limitsOf.set(found, [...(limitsOf.get(found) ?? []), limitMs]);
  }
  return [...limitsOf].map(([network, limits]) => ({ ...network, limitsMs: limits }));
};
