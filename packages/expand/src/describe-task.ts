// What the network is for, from the data set, the size that the space resizes to, and what the config says of images.
import type { Config, Space } from '@nasc/config';
import type { TaskDescription } from '@nasc/core';
import { computeNormalisation } from '@nasc/data';
import type { Dataset, Normalisation } from '@nasc/data';
import { DiagnosticError, throwIfErrors } from '@nasc/diagnostics';
import { messages } from './messages.ts';

const normalisationOf = async ({ normalisation }: Config['task'], channels: number, train: Dataset['train']): Promise<Normalisation> => {
  if (!normalisation) return computeNormalisation(train);
  const wrong = (['mean', 'std'] as const).filter((key) => normalisation[key].length !== channels);
  throwIfErrors(wrong.map((key) => messages.normalisationChannels(key, normalisation[key].length, channels)));
  return normalisation;
};

/**
 * Statistics are the config's, else those of all training images as they lie in the data set, before any resizing. Throws
 * `DATA_IMAGE_SIZES` where images differ in size and neither the space nor the data set's options say which one the network gets, and
 * `TASK_NORMALISATION_CHANNELS`.
 */
export const describeTask = async (space: Space, dataset: Dataset, config: Config['task']): Promise<TaskDescription> => {
  const { name, classes, height, width, channels, train, manifestHash, sizesDiffer } = dataset;
  const { resolution } = space.input;
  if (resolution === undefined && sizesDiffer) throw new DiagnosticError([sizesDiffer]);
  return {
    dataset: name,
    classes,
    inputShape: [resolution ?? height, resolution ?? width, channels],
    normalisation: await normalisationOf(config, channels, train),
    evaluationCrop: config.evaluationCrop ?? dataset.defaultEvaluationCrop ?? 1,
    manifestHash,
  };
};
