// What the network is for, from the data set and the size that the space resizes to.
import type { Space } from '@nasc/config';
import type { TaskDescription } from '@nasc/core';
import { computeNormalisation } from '@nasc/data';
import type { Dataset } from '@nasc/data';

/** Images that the normalisation is computed from; more changes it by less than it matters. */
const normalisationImages = 5000;

/** Statistics are those of the images as they lie in the data set, before any resizing. */
export const describeTask = async (space: Space, dataset: Dataset): Promise<TaskDescription> => {
  const { name, classes, height, width, channels, train, manifestHash } = dataset;
  const { resolution } = space.input;
  const indices = Uint32Array.from({ length: Math.min(normalisationImages, train.count) }, (_, index) => index);
  return {
    dataset: name,
    classes,
    inputShape: [resolution ?? height, resolution ?? width, channels],
    normalisation: await computeNormalisation(train, indices),
    manifestHash,
  };
};
