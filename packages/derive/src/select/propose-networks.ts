// Which networks are worth a closer look: the most probable ones under the limit, or the best ranked ones.
import type { LatencyTable, SearchResult } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { predictLatency } from '../latency-model.ts';
import { messages } from '../messages.ts';
import { knapsack } from './knapsack.ts';

export interface Proposals {
  readonly result: SearchResult;
  readonly table: LatencyTable;
  /** On the predicted latency, ms; none when absent. */
  readonly limitMs: number | undefined;
  readonly count: number;
}

/** At most `count` networks whose predicted latency keeps the limit, best first. */
export const proposeNetworks = ({ result, table, limitMs = Infinity, count }: Proposals): readonly (readonly number[])[] => {
  if (result.kind === 'ranked') {
    return result.architectures
      .filter(({ choices }) => predictLatency(table, choices) <= limitMs)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, count)
      .map(({ choices }) => choices);
  }
  return knapsack({
    gains: result.logProbabilities,
    costs: table.candidatesMs,
    limit: limitMs - table.constantMs,
    count,
  }).map(({ choices }) => choices);
};

/** The most probable candidate of each choice, whatever it costs (the paper). */
export const mostProbableNetwork = (result: SearchResult): readonly number[] => {
  if (result.kind === 'ranked') throw new DiagnosticError([messages.rankedHasNoArgmax(result.strategy)]);
  return result.logProbabilities.map((row) => row.indexOf(Math.max(...row)));
};
