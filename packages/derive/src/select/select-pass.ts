// Select: one network from the search's result, under the limit as measured on the target.
import { definePass } from '@nasc/core';
import type { Architecture, ConsumedArtifacts, PassContext } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { costNamed, pathCost, spaceCosts } from '@nasc/search';
import { messages } from '../messages.ts';
import { chooseNetwork } from './choose-network.ts';
import type { ChooseNetworkOptions } from './choose-network.ts';
import { measureNetwork } from './measure-network.ts';
import { networkCosts } from './network-costs.ts';
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
  costs,
  measure,
  report,
}: Pick<ChooseNetworkOptions, 'costs' | 'measure' | 'report'>): Promise<Architecture> => {
  const reached = networkCosts(costs, []);
  const latency = reached.find(({ name }) => name === 'latency')!;
  const measuredMs = await measure([]);
  const predictedMs = latency.predicted;
  // What is predicted to exceed a limit was refused before.
  const keepsLimit = (measuredMs ?? predictedMs) <= (latency.limit ?? Infinity);
  if (!keepsLimit) report(messages.onlyNetworkExceedsLimit(latency, measuredMs!));
  return {
    choices: [],
    predictedMs,
    measuredMs,
    costs: reached,
    rounds: [{ choices: [], predictedMs, measuredMs, score: undefined, keepsLimit }],
  };
};

export const selectPass = definePass({
  name: 'select',
  async run(input: Consumed, context: PassContext): Promise<Architecture> {
    const { searchSpace, costModel, searchResult } = input;
    const { select } = context.config.derive;
    const costs = spaceCosts(searchSpace, costModel, context.limits, context.registry.ops);
    const latency = costNamed(costs, 'latency');
    const measure = await measuring(input, latency.limit, context);
    if (choicesOf(searchSpace.graph).length === 0) return takeOnlyNetwork({ costs, measure, report: context.report });

    return withScores(input, context, async (score) => {
      if (select.method === 'knapsack') {
        const propose = (limited: typeof costs) => proposeNetworks({ result: searchResult, costs: limited, count: select.candidates });
        const progress = (done: number, total: number) => context.progress(done, total, 'networks', 'scoring');
        return chooseNetwork({ costs, rounds: select.rounds, propose, score, measure, progress, report: context.report });
      }
      const choices = mostProbableNetwork(searchResult);
      const predictedMs = pathCost(latency, choices);
      const measuredMs = await measure(choices);
      const reached = networkCosts(costs, choices);
      const exceeded = reached.filter(
        ({ name, predicted, limit = Infinity }) => (name === 'latency' ? (measuredMs ?? predicted) : predicted) > limit,
      );
      for (const cost of exceeded) context.report(messages.argmaxExceedsLimit(cost, cost.name === 'latency' ? measuredMs : undefined));
      return {
        choices,
        predictedMs,
        measuredMs,
        costs: reached,
        rounds: [{ choices, predictedMs, measuredMs, score: await score(choices), keepsLimit: exceeded.length === 0 }],
      };
    });
  },
});
