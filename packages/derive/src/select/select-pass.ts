// Select: one network from the search's result, under the limit as measured on the target.
import { definePass } from '@nasc/core';
import type { Architecture, ConsumedArtifacts, PassContext } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { latencyLimit } from '../latency-limit.ts';
import { latencyTable, predictLatency } from '../latency-model.ts';
import { messages } from '../messages.ts';
import { chooseNetwork } from './choose-network.ts';
import type { ChooseNetworkOptions } from './choose-network.ts';
import { measureNetwork } from './measure-network.ts';
import { mostProbableNetwork, proposeNetworks } from './propose-networks.ts';
import { remembering } from './remember.ts';
import { withScores } from './score-networks.ts';

type Consumed = ConsumedArtifacts<'searchSpace' | 'costModel' | 'searchResult'>;

/**
 * Measures a network, and if it exceeds the limit once more: other programs only ever add time, so the smaller value counts. What was
 * measured is never measured again: it decides the choice.
 */
const measuring = async ({ searchSpace, searchResult }: Consumed, limitMs: number | undefined, context: PassContext) => {
  const { checkpoint } = context;
  const once = await remembering<number | undefined>(checkpoint.part('measurements'));
  return async (choices: readonly number[]): Promise<number | undefined> => {
    const measure = (attempt: string) => {
      const name = `${choices.join('-')}-${attempt}`;
      return once(name, () => measureNetwork(searchSpace, searchResult, choices, { ...context, checkpoint: checkpoint.part(name) }));
    };
    const first = await measure('first');
    if (first === undefined || limitMs === undefined || first <= limitMs) return first;
    return Math.min(first, (await measure('second'))!);
  };
};

/** Of a space that is one network: measured, and told where it exceeds the limit. There is nothing to rank, so it gets no score. */
const takeOnlyNetwork = async ({
  table,
  limitMs,
  measure,
  report,
}: Pick<ChooseNetworkOptions, 'table' | 'limitMs' | 'measure' | 'report'>): Promise<Architecture> => {
  const predictedMs = predictLatency(table, []);
  const measuredMs = await measure([]);
  const ms = measuredMs ?? predictedMs;
  const keepsLimit = limitMs === undefined || ms <= limitMs;
  if (!keepsLimit) report(messages.onlyNetworkExceedsLimit(limitMs, ms));
  return {
    choices: [],
    predictedMs,
    measuredMs,
    limitMs,
    rounds: [{ choices: [], predictedMs, measuredMs, score: undefined, keepsLimit }],
  };
};

export const selectPass = definePass({
  name: 'select',
  async run(input: Consumed, context: PassContext): Promise<Architecture> {
    const { searchResult } = input;
    const { select } = context.config.derive;
    const table = latencyTable(input.costModel);
    const limitMs = latencyLimit(context.config.constraints, table);
    const measure = await measuring(input, limitMs, context);
    if (choicesOf(input.searchSpace.graph).length === 0) return takeOnlyNetwork({ table, limitMs, measure, report: context.report });

    return withScores(input, context, async (score) => {
      if (select.method === 'knapsack') {
        const propose = (allowedMs: number | undefined) =>
          proposeNetworks({ result: searchResult, table, limitMs: allowedMs, count: select.candidates });
        return chooseNetwork({ table, limitMs, rounds: select.rounds, propose, score, measure, report: context.report });
      }
      const choices = mostProbableNetwork(searchResult);
      const predictedMs = predictLatency(table, choices);
      const measuredMs = await measure(choices);
      const ms = measuredMs ?? predictedMs;
      const keepsLimit = limitMs === undefined || ms <= limitMs;
      if (!keepsLimit) context.report(messages.argmaxExceedsLimit(limitMs, ms, measuredMs !== undefined));
      return {
        choices,
        predictedMs,
        measuredMs,
        limitMs,
        rounds: [{ choices, predictedMs, measuredMs, score: await score(choices), keepsLimit }],
      };
    });
  },
});
