// Training of the shared weights between architecture steps.
import type { Mixture, Program, SearchContext, SgdOptions } from '@nasc/core';
import { cosineSchedule, readAhead, stepKey } from '@nasc/training';
import { amount } from '../options.ts';

export interface WeightOptions {
  readonly weightLearningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly decayRoles: SgdOptions['decayRoles'];
}

export const weightProperties = {
  weightLearningRate: amount('Rate of the weight steps at the start of their cosine.', 0.05),
  momentum: { type: 'number', minimum: 0, exclusiveMaximum: 1, default: 0.9, description: 'Nesterov momentum of the weight steps.' },
  weightDecay: amount('L2 of the weight steps.', 4e-5),
  decayRoles: {
    type: 'array',
    items: { enum: ['weight', 'bias', 'scale'] },
    default: ['weight'],
    description: 'Kinds of parameters that decay: weights and biases of layers; scale: scale and shift of normalisations.',
  },
} as const;

export interface WeightTraining {
  /** Takes weight step `step`, counted from the beginning of the search; returns the images seen. Throws what `diverged` gives. */
  step(step: number, mixture: Mixture, diverged: (what: string) => Error): Promise<number>;
}

/** One cosine runs over all `steps` weight steps of the search. */
export const weightTraining = (
  { program, trainBatches }: { readonly program: Program } & Pick<SearchContext, 'trainBatches'>,
  { weightLearningRate, momentum, weightDecay, decayRoles }: WeightOptions,
  { seed, steps }: { readonly seed: number; readonly steps: number },
): WeightTraining => {
  const rate = cosineSchedule({ learningRate: weightLearningRate, warmUpSteps: 0, steps });
  const batchOf = readAhead(trainBatches, steps);
  return {
    async step(step, mixture, diverged) {
      const batch = await batchOf(step);
      const { loss } = await program.trainStep(
        batch,
        mixture,
        { batchNorm: 'update', randomKey: stepKey(seed, 'search.weights', step) },
        { kind: 'sgd', learningRate: rate(step), momentum, nesterov: true, weightDecay, decayRoles },
      );
      if (!Number.isFinite(loss)) throw diverged('the training loss is not a number');
      return batch.count;
    },
  };
};
