// For which latency limits a front has points.
import type { CostTable, SearchResult } from '@nasc/core';
import { costNamed, pathCost } from '@nasc/search';
import { proposeNetworks } from '../select/propose-networks.ts';

/** The same costs with another limit on latency. */
export const withLatencyLimit = (costs: readonly CostTable[], limit: number | undefined): readonly CostTable[] =>
  costs.map((table) => (table.name === 'latency' ? { ...table, limit } : table));

export interface LatencyRange {
  readonly fastest: readonly number[];
  readonly slowest: readonly number[];
}

/** The fastest and the slowest network that keep the limits: of the whole space, or of the ranked ones. Undefined where none does. */
export const latencyRange = (result: SearchResult, costs: readonly CostTable[]): LatencyRange | undefined => {
  const latency = costNamed(costs, 'latency');
  if (result.kind === 'ranked') {
    const found = proposeNetworks({ result, costs, count: Infinity }).toSorted((a, b) => pathCost(latency, a) - pathCost(latency, b));
    return found.length === 0 ? undefined : { fastest: found[0]!, slowest: found.at(-1)! };
  }
  const extreme = (sign: 1 | -1) => {
    const gains = latency.candidates.map((row) => row.map((ms) => sign * ms));
    return proposeNetworks({ result: { ...result, logProbabilities: gains }, costs, count: 1 })[0];
  };
  const [fastest, slowest] = [extreme(-1), extreme(1)];
  return fastest && slowest && { fastest, slowest };
};

/** Evenly spaced in the logarithm, both ends exact; ms. */
export const spacedLimits = (leastMs: number, mostMs: number, points: number): readonly number[] => {
  // A table may say that the fastest network takes no time at all.
  const start = leastMs > 0 ? leastMs : mostMs / 1000;
  const between = Array.from({ length: points - 2 }, (_, index) => start * (mostMs / start) ** ((index + 1) / (points - 1)));
  return [start, ...between, mostMs];
};
