// What both strategies share: networks are taken one by one, judged under the shared weights, and ordered.
import type { SearchContext, SearchResult } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { pathCost } from '@nasc/search';
import { columnRecorder, trainingCost } from '@nasc/training';
import { messages } from './messages.ts';
import type { RankingOptions } from './ranking-options.ts';
import { trainOn } from './train-on.ts';

export interface ScoredNetwork {
  readonly choices: readonly number[];
  /** The higher the better. */
  readonly score: number;
  /** Share of the arch-validation images. */
  readonly accuracy: number;
  /** Mean of the arch-validation images, nats. */
  readonly crossEntropy: number;
}

export interface NetworkSource {
  readonly name: string;
  /** How many are to be scored. */
  readonly count: number;
  /** One that is not among those scored before, and follows from them and the seed; undefined where none is found. */
  next(scored: readonly ScoredNetwork[]): readonly number[] | undefined;
}

/** All that the rest depends on. */
interface RankingState {
  readonly scored: readonly ScoredNetwork[];
  readonly images: number;
}

const historyOf = (scored: readonly ScoredNetwork[], { costs }: Pick<SearchContext, 'costs'>) => {
  const names = ['step', 'score', 'best', 'accuracy', 'crossEntropy', ...costs.map(({ name }) => name)];
  const history = columnRecorder(names);
  let best = -Infinity;
  for (const [step, { choices, score, accuracy, crossEntropy }] of scored.entries()) {
    best = Math.max(best, score);
    const costRow = Object.fromEntries(costs.map((table) => [table.name, pathCost(table, choices)]));
    history.add({ step, score, best, accuracy, crossEntropy, ...costRow });
  }
  return { columns: history.columns() };
};

/**
 * Best first, ties in the order in which they were found. Columns: step, score, best so far, accuracy, crossEntropy, and every cost.
 * Throws RANKING_NO_NETWORK, RANKING_NOT_FINITE, TRAINING_DIVERGED; reports RANKING_FEW_NETWORKS.
 */
export const rankNetworks = async (context: SearchContext, options: RankingOptions, source: NetworkSource): Promise<SearchResult> => {
  const { program, costs } = context;
  const trainedImages = await trainOn(context, options);
  const checkpoint = context.checkpoint.part('ranking');
  const resumed = await checkpoint.resume<RankingState>();
  const scored = [...(resumed?.scored ?? [])];
  let images = resumed?.images ?? 0;

  while (scored.length < source.count) {
    await checkpoint.offer((): RankingState => ({ scored, images }));
    const choices = source.next(scored);
    if (!choices) break;
    const { accuracy, imagesForwardBackward } = await context.score(choices);
    const { correct, count, crossEntropy } = accuracy;
    if (!Number.isFinite(crossEntropy)) throw new DiagnosticError([messages.notFinite(choices)]);
    const score = options.score === 'accuracy' ? correct / count : -crossEntropy;
    scored.push({ choices, score, accuracy: correct / count, crossEntropy });
    images += imagesForwardBackward;
    const best = Math.max(...scored.map((network) => network.score));
    context.progress(scored.length, source.count, 'networks', `best ${options.score} ${Math.abs(best).toFixed(3)}`);
  }
  if (scored.length === 0) throw new DiagnosticError([messages.noNetwork(costs)]);
  if (scored.length < source.count) context.report(messages.fewNetworks(scored.length, source.count));

  return {
    kind: 'ranked',
    strategy: source.name,
    architectures: scored.toSorted((a, b) => b.score - a.score).map(({ choices, score }) => ({ choices, score })),
    weights: (await program.readState()).parameters,
    history: historyOf(scored, context),
    cost: trainingCost(trainedImages + images, program),
  };
};
