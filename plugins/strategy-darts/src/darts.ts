// DARTS (Liu, Simonyan and Yang, 2019), first order: the whole relaxed network is trained, weights and architecture in turn. All
// candidates are in memory at once, and all are computed forward and backward: what ProxylessNAS was made to avoid.
import type { Mixture, SearchContext, StrategyDefinition } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import type { ChoiceNode } from '@nasc/ir';
import { adamStep, createObjective, searchLoop } from '@nasc/search';
import { stepKey } from '@nasc/training';
import { mixedLossGradient } from './mixed-loss-gradient.ts';
import { optionsSchema } from './options.ts';
import type { DartsOptions } from './options.ts';

/** Every candidate with its probability as weight. */
export const mixtureOf = (probabilities: readonly ArrayLike<number>[]): Mixture =>
  probabilities.map((p) => ({ indices: [...Array(p.length).keys()], weights: Array.from(p) }));

/** One image through all candidates, in images through one path. */
const stepCost = (choices: readonly ChoiceNode[]): number =>
  choices.reduce((sum, { candidates }) => sum + candidates.length, 0) / Math.max(1, choices.length);

const search = (context: SearchContext, options: DartsOptions) => {
  const { program, space } = context;
  const cost = stepCost(choicesOf(space.graph));
  const objective = createObjective(options, context.costs);
  const { learningRate, beta1, beta2, alphaDecay } = options;
  const adam = { learningRate, beta1, beta2, epsilon: 1e-8, weightDecay: alphaDecay };
  return searchLoop<readonly number[]>(context, options, {
    name: 'darts',
    costs: objective.costs,
    columns: objective.columns,
    initialMemory: objective.initialMultipliers,
    weightMixture: mixtureOf,
    weightStepCost: cost,
    async step({ step, seed, architecture, probabilities, memory: multipliers, batch, diverged }) {
      const images = await batch(0);
      const { loss, correct, mixtureGradients } = await program.forwardBackward(images, mixtureOf(probabilities), {
        gradients: 'mixture',
        batchNorm: 'batch',
        randomKey: stepKey(seed, 'search.mixedStep', step),
      });
      if (!Number.isFinite(loss)) throw diverged('the cross-entropy is not a number');
      const { expected, gradients } = mixedLossGradient({
        probabilities,
        crossEntropy: loss,
        weightGradients: mixtureGradients!,
        objective,
        multipliers,
      });
      for (const [choice, alpha] of architecture.alphas.entries()) {
        const gradient = gradients[choice]!;
        if (!gradient.every(Number.isFinite)) throw diverged(`a gradient at ${architecture.choices[choice]!.id} is not a number`);
        adamStep(alpha, gradient, architecture.states[choice]!, adam);
      }
      return {
        loss,
        accuracy: correct / images.count,
        expected,
        columns: objective.row(multipliers),
        images: images.count * cost,
        memory: objective.nextMultipliers(multipliers, expected),
      };
    },
  });
};

export const darts: StrategyDefinition = {
  name: 'darts',
  description: 'DARTS, first order: all candidates run, mixed by their probabilities; needs memory and time for all of them.',
  optionsSchema,
  requirements: { activePaths: 'all', warmUp: true },
  search: (context, options) => search(context, options as unknown as DartsOptions),
};
