// What the network is for, from the data set, the size that the space resizes to, and what the config says of images.
import type { Config, Space } from '@nasc/config';
import type { TaskDescription } from '@nasc/core';
import { computeNormalisation } from '@nasc/data';
import type { Dataset } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';

/**
 * Statistics are those of all training images as they lie in the data set, before any resizing. Throws `DATA_IMAGE_SIZES` where
 * images differ in size and neither the space nor the data set's options say which one the network gets.
 */
export const describeTask = async (space: Space, dataset: Dataset, config: Config['task']): Promise<TaskDescription> => {
  const { name, classes, height, width, channels, train, manifestHash, sizesDiffer } = dataset;
  const { resolution } = space.input;
  if (resolution === undefined && sizesDiffer) throw new DiagnosticError([sizesDiffer]);
  return {
    dataset: name,
    classes,
    inputShape: [resolution ?? height, resolution ?? width, channels],
    normalisation: await computeNormalisation(train),
    evaluationCrop: config.evaluationCrop ?? dataset.defaultEvaluationCrop ?? 1,
    manifestHash,
  };
};
