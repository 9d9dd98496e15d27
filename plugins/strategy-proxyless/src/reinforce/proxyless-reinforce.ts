// The paper's second way (section 3.3.2): networks are sampled, judged, and what was good becomes more probable. Costs need not be
// differentiable; the published networks were found like this.
import type { CostTable, Program, SearchContext, StrategyDefinition } from '@nasc/core';
import { singlePath } from '@nasc/core';
import { Random } from '@nasc/random';
import { adamStep, expectedCost, pathCost, publishedAdam, referenceOf, samplePath, searchLoop } from '@nasc/search';
import type { ArchitectureStep } from '@nasc/search';
import { optionsSchema } from './options.ts';
import type { ReinforceOptions } from './options.ts';
import { moveBaseline, policyGradient } from './policy-gradient.ts';
import { reward } from './reward.ts';

interface Judged {
  readonly path: readonly number[];
  correct: number;
  lossSum: number;
}

const defaultWeights = { published: 0.99, 'moving-average': 0.1, none: 0 } as const;

/** Every path on the same batches, with the batch's statistics, as published: no gradient is needed. */
const judge = async (
  program: Program,
  paths: readonly (readonly number[])[],
  batches: number,
  batch: ArchitectureStep<unknown>['batch'],
) => {
  const judged = paths.map((path): Judged => ({ path, correct: 0, lossSum: 0 }));
  let count = 0;
  for (let index = 0; index < batches; index++) {
    const images = await batch(index);
    count += images.count;
    for (const network of judged) {
      const { correct, lossSum } = await program.evaluate(images, singlePath(network.path), 'batch');
      network.correct += correct;
      network.lossSum += lossSum;
    }
  }
  return { judged, count };
};

const search = (context: SearchContext, options: ReinforceOptions) => {
  const { samples, batches, baseline, baselineWeight = defaultWeights[baseline], learningRate } = options;
  const costs = context.costs.filter((cost) => referenceOf(cost, options) !== undefined);
  const rewardOf = (accuracy: number, path: readonly number[]) =>
    reward(
      accuracy,
      costs.map((table: CostTable) => ({ cost: pathCost(table, path), reference: referenceOf(table, options)! })),
      options,
    );
  return searchLoop<number | null>(context, options, {
    name: 'proxyless-reinforce',
    costs,
    columns: ['reward', 'baseline'],
    initialMemory: null,
    batchesPerStep: batches,
    async step({ step, seed, architecture, probabilities, memory, batch, diverged }) {
      const random = new Random({ seed, stream: 'search.networks', step });
      const paths = Array.from({ length: samples }, () => samplePath(probabilities, random));
      const { judged, count } = await judge(context.program, paths, batches, batch);
      const rewards = judged.map(({ path, correct }) => rewardOf(correct / count, path));
      const loss = judged.reduce((sum, { lossSum }) => sum + lossSum, 0) / (samples * count);
      if (!Number.isFinite(loss)) throw diverged('the cross-entropy is not a number');
      const { used, next } = moveBaseline(baseline, memory, rewards, baselineWeight);
      for (const [choice, alpha] of architecture.alphas.entries()) {
        const gradient = policyGradient(
          probabilities[choice]!,
          paths.map((path) => path[choice]!),
          rewards.map((value) => value - used),
        );
        adamStep(alpha, gradient, architecture.states[choice]!, { ...publishedAdam, learningRate });
      }
      return {
        loss,
        accuracy: judged.reduce((sum, { correct }) => sum + correct, 0) / (samples * count),
        expected: costs.map((table) => expectedCost(probabilities, table).value),
        columns: { reward: rewards.reduce((sum, value) => sum + value, 0) / samples, baseline: used },
        images: (samples * count) / 3,
        memory: next,
      };
    },
  });
};

export const proxylessReinforce: StrategyDefinition = {
  name: 'proxyless-reinforce',
  description: 'ProxylessNAS by REINFORCE: sampled networks are judged by accuracy and costs.',
  optionsSchema,
  requirements: { activePaths: 1, warmUp: true },
  search: (context, options) => search(context, options as unknown as ReinforceOptions),
};
