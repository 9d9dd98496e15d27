// The proxy task: the space's task with fewer and smaller images.
import type { BatchSource, SearchContext } from '@nasc/core';
import { taskDataset } from '@nasc/core';
import { batchSource, splitTask, taskAugmentation } from '@nasc/training';
import { proxyShape } from './proxy-graph.ts';
import type { CellProxyOptions } from './options.ts';

export interface ProxyTask {
  readonly warmUpBatches: BatchSource;
  readonly trainBatches: BatchSource;
  readonly validationBatches: BatchSource;
}

/** Held-out images are all there, smaller; only those that train weights are fewer, balanced over classes. */
export const proxyTask = async (context: SearchContext, { resolution, imageShare }: CellProxyOptions): Promise<ProxyTask> => {
  const { config, space } = context;
  const { task, seed, train } = config;
  const { inputShape, normalisation } = space.task;
  const dataset = await taskDataset(context, { ...space.task, inputShape: proxyShape(inputShape, resolution) });
  const whole = splitTask(dataset, task, seed);
  const heldOut = task.archValidationImages + task.scoringImages;
  const searchImages = heldOut + Math.max(1, Math.round(imageShare * whole.train.indices.length));
  const subsets = splitTask(dataset, { ...task, searchImages }, seed);
  const shared = { classes: dataset.classes.length, batchSize: context.trainBatches.batchSize, normalisation, seed };
  const training = {
    ...shared,
    subset: subsets.train,
    augmentation: taskAugmentation(dataset, task.augmentation),
    labelSmoothing: train.labelSmoothing,
  };
  return {
    warmUpBatches: batchSource({ ...training, stream: 'search.proxyWarmUp' }),
    trainBatches: batchSource({ ...training, stream: 'search.train' }),
    validationBatches: batchSource({ ...shared, subset: subsets.archValidation, stream: 'search.validation' }),
  };
};
