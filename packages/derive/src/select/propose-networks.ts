// Which networks are worth a closer look: the most probable ones under the limits, or the best ranked ones.
import type { CostTable, SearchResult } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { knapsack, pathCost } from '@nasc/search';
import { messages } from '../messages.ts';

export interface Proposals {
  readonly result: SearchResult;
  /** With the limits to be kept as predicted. */
  readonly costs: readonly CostTable[];
  readonly count: number;
}

const keepsLimits = (costs: readonly CostTable[], choices: readonly number[]): boolean =>
  costs.every((table) => table.limit === undefined || pathCost(table, choices) <= table.limit);

/**
 * At most `count` networks whose predicted costs keep all limits, best first: the most probable ones, exactly, whatever the limits; of
 * ranked networks those with the highest scores.
 */
export const proposeNetworks = ({ result, costs, count }: Proposals): readonly (readonly number[])[] => {
  if (result.kind === 'ranked') {
    return result.architectures
      .filter(({ choices }) => keepsLimits(costs, choices))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, count)
      .map(({ choices }) => choices);
  }
  const limits = costs.flatMap(({ candidates, combine, constant, limit }) =>
    limit === undefined ? [] : [{ costs: candidates, combine, constant, limit }],
  );
  return knapsack({ gains: result.logProbabilities, limits, count }).map(({ choices }) => choices);
};

/** The most probable candidate of each choice, whatever it costs (the paper). */
export const mostProbableNetwork = (result: SearchResult): readonly number[] => {
  if (result.kind === 'ranked') throw new DiagnosticError([messages.rankedHasNoArgmax(result.strategy)]);
  return result.logProbabilities.map((row) => row.indexOf(Math.max(...row)));
};
