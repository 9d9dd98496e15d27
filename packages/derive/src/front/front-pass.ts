// Front: the best networks of one search under a series of latency limits, ranked as the selection ranks them.
import { setImmediate } from 'node:timers/promises';
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, CostTable, Front, PassContext, ScoredNetwork, SearchResult } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { costNamed, pathCost, spaceCosts } from '@nasc/search';
import { messages } from '../messages.ts';
import { networkCosts } from '../select/network-costs.ts';
import { proposeNetworks } from '../select/propose-networks.ts';
import { withAccuracies } from '../select/score-networks.ts';
import { chooseFront } from './choose-front.ts';
import { latencyRange, spacedLimits, withLatencyLimit } from './latency-limits.ts';
import type { LatencyRange } from './latency-limits.ts';

/** The logarithm of the network's probability, or the strategy's score. */
const searchScore = (result: SearchResult, choices: readonly number[]): number => {
  if (result.kind === 'distribution') return choices.reduce((sum, chosen, choice) => sum + result.logProbabilities[choice]![chosen]!, 0);
  const name = choices.join();
  return result.architectures.find((architecture) => architecture.choices.join() === name)!.score;
};

const rising = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b);

/**
 * The best networks of the search at each limit, each once. Without the fastest one, which is always among them, the smallest limit might
 * have none: a sum of latencies may differ from itself in its last bit.
 */
const proposals = async (
  {
    result,
    costs,
    range,
    limitsMs,
  }: { result: SearchResult; costs: readonly CostTable[]; range: LatencyRange; limitsMs: readonly number[] },
  context: PassContext,
): Promise<readonly (readonly number[])[]> => {
  const count = context.config.derive.front.candidates;
  const found = new Map([[range.fastest.join(), range.fastest]]);
  for (const [index, limitMs] of limitsMs.entries()) {
    context.progress(index, limitsMs.length, 'limits', 'proposing');
    // Each takes a moment in which nothing else, such as Ctrl-C, is heard.
    await setImmediate();
    context.signal.throwIfAborted();
    for (const choices of proposeNetworks({ result, costs: withLatencyLimit(costs, limitMs), count })) found.set(choices.join(), choices);
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
    if (!range) throw new DiagnosticError([messages.noNetwork(costs)]);

    const wanted = given ?? spacedLimits(pathCost(latency, range.fastest), pathCost(latency, range.slowest), points);
    const limitsMs = rising([...wanted, ...(limitMs === undefined ? [] : [limitMs])]);
    const networks = await proposals({ result, costs, range, limitsMs }, context);
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
    return {
      limitMs,
      limitsMs,
      confidence,
      points: chooseFront(scored, limitsMs).map((point) => ({
        ...point,
        interval:
          low === undefined || high === undefined ? undefined : { lowMs: low * point.predictedMs, highMs: high * point.predictedMs },
        costs: networkCosts(costs, point.choices),
      })),
      scored,
    };
  },
});
