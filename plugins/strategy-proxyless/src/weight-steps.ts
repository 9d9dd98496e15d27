// Training of the shared weights between architecture steps: paths drawn by the gates, one a step.
import type { SearchContext } from '@nasc/core';
import { singlePath } from '@nasc/core';
import { Random } from '@nasc/random';
import { cosineSchedule, readAhead, stepKey } from '@nasc/training';
import type { ProxylessOptions } from './options.ts';
import { samplePath } from './sample-gates.ts';

/**
 * Trains before architecture step `step` and returns the images seen. One cosine runs over all weight steps of the search. Throws what
 * `diverged` gives where the loss is not a number.
 */
export type WeightTraining = (
  step: number,
  probabilities: readonly ArrayLike<number>[],
  diverged: (what: string) => Error,
) => Promise<number>;

export const weightTraining = (
  { program, trainBatches }: Pick<SearchContext, 'program' | 'trainBatches'>,
  options: ProxylessOptions,
  seed: number,
): WeightTraining => {
  const { weightSteps, momentum, weightDecay } = options;
  const total = options.steps * weightSteps;
  const rate = cosineSchedule({ learningRate: options.weightLearningRate, warmUpSteps: 0, steps: total });
  const batchOf = readAhead(trainBatches, total);
  return async (step, probabilities, diverged) => {
    let images = 0;
    for (let current = step * weightSteps; current < (step + 1) * weightSteps; current++) {
      const batch = await batchOf(current);
      const path = samplePath(probabilities, new Random({ seed, stream: 'search.weightPath', step: current }));
      const { loss } = await program.trainStep(
        batch,
        singlePath(path),
        { batchNorm: 'update', randomKey: stepKey(seed, 'search.weights', current) },
        { kind: 'sgd', learningRate: rate(current), momentum, nesterov: true, weightDecay, decayRoles: ['weight'] },
      );
      if (!Number.isFinite(loss)) throw diverged('the training loss is not a number');
      images += batch.count;
    }
    return images;
  };
};
