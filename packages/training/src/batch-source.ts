// A subset of images as the endless sequence of batches that a training takes.
import type { BatchSource } from '@nasc/core';
import type { Augmentation, Normalisation, Subset } from '@nasc/data';
import { batchesPerEpoch, batchOf, oneHotTargets } from '@nasc/data';

export interface BatchSourceOptions {
  readonly subset: Subset;
  readonly classes: number;
  readonly batchSize: number;
  readonly normalisation: Normalisation;
  /** None when absent: arch-validation and calibration see images as they are. */
  readonly augmentation?: Augmentation;
  /** Share of the target that is spread over all classes; 0 when absent. */
  readonly labelSmoothing?: number;
  readonly seed: number;
  /** What the batches are for; sequences of other streams have another order. */
  readonly stream: string;
}

/** Shuffled anew each epoch; batch `step` depends on (seed, stream, step) only. */
export const batchSource = (options: BatchSourceOptions): BatchSource => {
  const { subset, classes, batchSize, normalisation, augmentation = {}, labelSmoothing = 0, seed, stream } = options;
  return {
    count: subset.indices.length,
    batchSize: Math.min(batchSize, subset.indices.length),
    async batch(step) {
      const { count, images, labels } = await batchOf(subset, { step, seed, stream, batchSize, augmentation, normalisation });
      return { count, images, targets: oneHotTargets(labels, classes, labelSmoothing) };
    },
  };
};

/** Steps of so many epochs, which may be a fraction; a last batch that is not full is left out of each. */
export const stepsOf = (epochs: number, { count, batchSize }: Pick<BatchSource, 'count' | 'batchSize'>): number =>
  Math.round(epochs * batchesPerEpoch(count, batchSize));
