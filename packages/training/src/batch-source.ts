// A subset of images as the endless sequence of batches that a training takes.
import type { BatchSource } from '@nasc/core';
import type { Augmentation, Normalisation, Subset } from '@nasc/data';
import { batchesPerEpoch, batchOf, mixBatch, oneHotTargets } from '@nasc/data';

export interface BatchSourceOptions {
  readonly subset: Subset;
  readonly classes: number;
  readonly batchSize: number;
  readonly normalisation: Normalisation;
  /** Images are seen as in evaluation when absent: by arch-validation and calibration. */
  readonly augmentation?: Augmentation;
  /** Share of the target that is spread over all classes; 0 when absent. */
  readonly labelSmoothing?: number;
  readonly seed: number;
  /** What the batches are for; sequences of other streams have another order. */
  readonly stream: string;
}

/** Shuffled anew each epoch; batch `step` depends on (seed, stream, step) only. */
export const batchSource = (options: BatchSourceOptions): BatchSource => {
  const { subset, classes, batchSize, normalisation, augmentation, labelSmoothing = 0, seed, stream } = options;
  return {
    count: subset.indices.length,
    batchSize: Math.min(batchSize, subset.indices.length),
    ahead: subset.split.ahead,
    async batch(step) {
      const options = { step, seed, stream, batchSize, normalisation, ...(augmentation && { augmentation }) };
      const { count, images, labels } = await batchOf(subset, options);
      const batch = { count, images, targets: oneHotTargets(labels, classes, labelSmoothing) };
      const mixup = augmentation?.mixup ?? 0;
      if (mixup > 0) mixBatch(batch, mixup, { seed, stream: `${stream}.mixup`, step });
      return batch;
    },
  };
};

/** Steps of so many epochs, which may be a fraction; a last batch that is not full is left out of each. */
export const stepsOf = (epochs: number, { count, batchSize }: Pick<BatchSource, 'count' | 'batchSize'>): number =>
  Math.round(epochs * batchesPerEpoch(count, batchSize));
