// The strategy of the paper: binary gates trained by gradient, expected latency in the loss (ProxylessNAS, sections 3.2 and 3.3).
import type { GateMode, SearchContext, StrategyDefinition } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import type { ChoiceNode } from '@nasc/ir';
import { Random } from '@nasc/random';
import { createObjective, sampleGates, searchLoop } from '@nasc/search';
import { stepKey } from '@nasc/training';
import { architectureStep } from './architecture-step.ts';
import { optionsSchema } from './options.ts';
import type { GradientOptions } from './options.ts';

/** Of one image, in forward and backward passes of one path: each further candidate is a forward pass, a third of that. */
const gateStepCost = (choices: readonly ChoiceNode[], mode: GateMode): number => {
  const further = choices.map(({ candidates }) => (mode === 'two' ? 1 : candidates.length - 1));
  return 1 + further.reduce((sum, count) => sum + count, 0) / Math.max(1, choices.length) / 3;
};

const search = (context: SearchContext, options: GradientOptions) => {
  const { program, space } = context;
  const { gates } = options;
  const cost = gateStepCost(choicesOf(space.graph), gates);
  const objective = createObjective(options, context.costs);
  return searchLoop<readonly number[]>(context, options, {
    name: 'proxyless-gradient',
    costs: objective.costs,
    columns: objective.columns,
    initialMemory: objective.initialMultipliers,
    async step({ step, seed, architecture, probabilities, memory: multipliers, batch, diverged }) {
      const images = await batch(0);
      const sample = sampleGates(gates, architecture.alphas, probabilities, new Random({ seed, stream: 'search.gates', step }));
      const measured = await program.candidateGradients(images, sample, { randomKey: stepKey(seed, 'search.gateStep', step) });
      const { loss, correct } = measured;
      if (!Number.isFinite(loss)) throw diverged('the cross-entropy is not a number');
      const expected = architectureStep(architecture, { options, objective, multipliers, sample, measured, diverged });
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

export const proxylessGradient: StrategyDefinition = {
  name: 'proxyless-gradient',
  description: 'ProxylessNAS: binary gates trained by gradient, expected costs in the loss.',
  optionsSchema,
  requirements: { activePaths: 1, warmUp: true },
  search: (context, options) => search(context, options as unknown as GradientOptions),
};
