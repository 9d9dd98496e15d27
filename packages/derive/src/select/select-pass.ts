// Select: one network from the search's result, under the limit as measured on the target.
import { definePass } from '@nasc/core';
import type { Architecture, ConsumedArtifacts, NetworkCost, PassContext, SelectRound } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { costNamed, pathCost, spaceCosts } from '@nasc/search';
import { messages } from '../messages.ts';
import { chooseNetwork } from './choose-network.ts';
import type { ChooseNetworkOptions } from './choose-network.ts';
import { measureNetwork } from './measure-network.ts';
import { networkCosts, reachedCost, worstExcess } from './network-costs.ts';
import { planning } from './plan-network.ts';
import { mostProbableNetwork, proposeNetworks } from './propose-networks.ts';
import { proposePlanned } from './propose-planned.ts';
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
  const round = { choices: [], askedMs: latency.limit, predictedMs, correctedMs: predictedMs, measuredMs, score: undefined, keepsLimit };
  if (!keepsLimit) report(messages.onlyNetworkExceedsLimit(latency, measuredMs!));
  return {
    choices: [],
    predictedMs,
    measuredMs,
    costs: reached,
    rounds: [round],
  };
};

const nearestOf = (networks: readonly (readonly NetworkCost[])[]): readonly NetworkCost[] | undefined =>
  networks.toSorted((a, b) => worstExcess(a) - worstExcess(b))[0];

const milliseconds = (ms: number): string => `${Number(ms.toPrecision(4))} ms`;

/** One line for people. */
const roundText = ({ askedMs, predictedMs, correctedMs, measuredMs, keepsLimit }: SelectRound): string =>
  [
    ...(askedMs === undefined ? [] : [`asked ${milliseconds(askedMs)}`]),
    `predicted ${milliseconds(predictedMs)}`,
    ...(correctedMs === predictedMs ? [] : [`corrected ${milliseconds(correctedMs)}`]),
    ...(measuredMs === undefined ? [] : [`measured ${milliseconds(measuredMs)}`]),
    keepsLimit ? 'kept' : 'not kept',
  ].join(', ');

export const selectPass = definePass({
  name: 'select',
  async run(input: Consumed, context: PassContext): Promise<Architecture> {
    const { searchSpace, costModel, searchResult } = input;
    const { select } = context.config.derive;
    const costs = spaceCosts(searchSpace, costModel, context.limits, context.registry.ops);
    const latency = costNamed(costs, 'latency');
    const measure = await measuring(input, latency.limit, context);
    const footprint = await planning(searchSpace, costs, context);
    const planned = async (architecture: Architecture): Promise<Architecture> => {
      const plan = await footprint(architecture.choices);
      const limited = costNamed(costs, 'storage').limit !== undefined;
      if (plan && limited && plan.codeBytes === undefined) context.report(messages.codeNotCounted(context.target.name));
      return { ...architecture, costs: networkCosts(costs, architecture.choices, plan) };
    };
    if (choicesOf(searchSpace.graph).length === 0) return planned(await takeOnlyNetwork({ costs, measure, report: context.report }));

    return withScores(input, context, async (score) => {
      if (select.method === 'knapsack') {
        let refused: readonly (readonly NetworkCost[])[] = [];
        const architecture = await chooseNetwork({
          costs,
          rounds: select.rounds,
          async propose(limited) {
            const propose = (under: typeof costs, count: number) => proposeNetworks({ result: searchResult, costs: under, count });
            const found = await proposePlanned({ costs: limited, count: select.candidates, propose, footprint });
            refused = found.refused;
            return found.networks;
          },
          score,
          measure,
          progress: (done, total) => context.progress(done, total, 'networks', 'scoring'),
          roundEnded: (round, index) => context.progress(index + 1, select.rounds, 'rounds', roundText(round)),
          nearest: () =>
            nearestOf([
              ...refused,
              ...(searchResult.kind === 'ranked' ? searchResult.architectures.map(({ choices }) => networkCosts(costs, choices)) : []),
            ]),
          report: context.report,
        });
        return planned(architecture);
      }
      const choices = mostProbableNetwork(searchResult);
      const predictedMs = pathCost(latency, choices);
      const measuredMs = await measure(choices);
      const reached = networkCosts(costs, choices, await footprint(choices));
      const value = (cost: NetworkCost) => (cost.name === 'latency' ? (measuredMs ?? cost.predicted) : reachedCost(cost));
      const exceeded = reached.filter((cost) => value(cost) > (cost.limit ?? Infinity));
      for (const cost of exceeded) context.report(messages.argmaxExceedsLimit(cost, cost.name === 'latency' ? measuredMs : undefined));
      const round = {
        choices,
        askedMs: latency.limit,
        predictedMs,
        correctedMs: predictedMs,
        measuredMs,
        score: await score(choices),
        keepsLimit: exceeded.length === 0,
      };
      return { choices, predictedMs, measuredMs, costs: reached, rounds: [round] };
    });
  },
});
