// What the network is for, from the data set and the size that the space resizes to.
import type { Space } from '@nasc/config';
import type { TaskDescription } from '@nasc/core';
import { computeNormalisation } from '@nasc/data';
import type { Dataset } from '@nasc/data';

/** Statistics are those of all training images as they lie in the data set, before any resizing. */
export const describeTask = async (space: Space, dataset: Dataset): Promise<TaskDescription> => {
  const { name, classes, height, width, channels, train, manifestHash } = dataset;
  const { resolution } = space.input;
  return {
    dataset: name,
    classes,
    inputShape: [resolution ?? height, resolution ?? width, channels],
    normalisation: await computeNormalisation(train),
    manifestHash,
  };
};
