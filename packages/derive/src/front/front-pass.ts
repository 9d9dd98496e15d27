// Front: the best networks of one search under a series of latency limits, ranked as the selection ranks them.
import { setImmediate } from 'node:timers/promises';
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, CostTable, Footprint, Front, PassContext, ScoredNetwork, SearchResult } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { costNamed, pathCost, spaceCosts } from '@nasc/search';
import { messages } from '../messages.ts';
import { networkCosts } from '../select/network-costs.ts';
import { planning } from '../select/plan-network.ts';
import { proposeNetworks } from '../select/propose-networks.ts';
import { proposePlanned } from '../select/propose-planned.ts';
import { withAccuracies } from '../select/score-networks.ts';
import { chooseFront } from './choose-front.ts';
import { latencyRange, spacedLimits, withLatencyLimit } from './latency-limits.ts';

/** The logarithm of the network's probability, or the strategy's score. */
const searchScore = (result: SearchResult, choices: readonly number[]): number => {
  if (result.kind === 'distribution') return choices.reduce((sum, chosen, choice) => sum + result.logProbabilities[choice]![chosen]!, 0);
  const name = choices.join();
  return result.architectures.find((architecture) => architecture.choices.join() === name)!.score;
};

const rising = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b);

interface ProposalsRequest {
  readonly result: SearchResult;
  readonly costs: readonly CostTable[];
  readonly fastest: readonly number[];
  readonly limitsMs: readonly number[];
  footprint(choices: readonly number[]): Promise<Footprint | undefined>;
}

/**
 * The best networks of the search at each limit that keep all others as planned, each once. Without the fastest one the smallest limit might
 * have none: a sum of latencies may differ from itself in its last bit.
 */
const proposals = async (
  { result, costs, fastest, limitsMs, footprint }: ProposalsRequest,
  context: PassContext,
): Promise<readonly (readonly number[])[]> => {
  const count = context.config.derive.front.candidates;
  const propose = (under: readonly CostTable[], most: number) => proposeNetworks({ result, costs: under, count: most });
  const found = new Map<string, readonly number[]>();
  const add = async (limited: readonly CostTable[], from: typeof propose) => {
    const { networks } = await proposePlanned({ costs: limited, count, propose: from, footprint });
    for (const choices of networks) found.set(choices.join(), choices);
  };
  await add(costs, () => [fastest]);
  for (const [index, limitMs] of limitsMs.entries()) {
    context.progress(index, limitsMs.length, 'limits', 'proposing');
    // Each takes a moment in which nothing else, such as Ctrl-C, is heard.
    await setImmediate();
    context.signal.throwIfAborted();
    await add(withLatencyLimit(costs, limitMs), propose);
  }
  return [...found.values()];
};

export const frontPass = definePass({
  name: 'front',
  async run(input: ConsumedArtifacts<'searchSpace' | 'costModel' | 'searchResult'>, context: PassContext): Promise<Front> {
    const { searchSpace, costModel, searchResult: result } = input;
    const { points, limitsMs: given } = context.config.derive.front;
    const limited = spaceCosts(searchSpace, costModel, context.limits, context.registry.ops);
    const limitMs = costNamed(limited, 'latency').limit;
    const costs = withLatencyLimit(limited, undefined);
    const latency = costNamed(costs, 'latency');
    const range = latencyRange(result, costs);
    if (!range) throw new DiagnosticError([messages.noNetwork(costs, undefined)]);
    const footprint = await planning(searchSpace, costs, context);

    const wanted = given ?? spacedLimits(pathCost(latency, range.fastest), pathCost(latency, range.slowest), points);
    const limitsMs = rising([...wanted, ...(limitMs === undefined ? [] : [limitMs])]);
    const networks = await proposals({ result, costs, fastest: range.fastest, limitsMs, footprint }, context);
    if (networks.length === 0) throw new DiagnosticError([messages.noNetwork(costs, undefined)]);
    const scored = await withAccuracies(input, context, async (judge) => {
      const done: ScoredNetwork[] = [];
      for (const choices of networks) {
        context.progress(done.length, networks.length, 'networks', 'scoring');
        const accuracy = await judge(choices);
        done.push({ choices, predictedMs: pathCost(latency, choices), searchScore: searchScore(result, choices), accuracy });
      }
      context.progress(done.length, networks.length, 'networks', 'scoring');
      return done;
    });

    const { confidence, low, high } = costModel.accuracy?.interval ?? {};
    const found: Front['points'][number][] = [];
    for (const point of chooseFront(scored, limitsMs)) {
      const interval =
        low === undefined || high === undefined ? undefined : { lowMs: low * point.predictedMs, highMs: high * point.predictedMs };
      found.push({ ...point, interval, costs: networkCosts(costs, point.choices, await footprint(point.choices)) });
    }
    return {
      limitMs,
      limitsMs,
      confidence,
      points: found,
      scored,
    };
  },
});
