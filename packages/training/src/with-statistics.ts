// Puts recalibrated statistics of batch normalisation in the place of the running ones.
import type { BatchNormStatistics } from '@nasc/core';
import { parameterId } from '@nasc/ir';
import type { Tensor, TensorTable } from '@nasc/ir';

/** The parameters with mean and variance of each normalisation that `statistics` names; everything else as it is. */
export const withStatistics = (parameters: TensorTable, statistics: BatchNormStatistics): TensorTable => {
  const next = new Map(parameters);
  const replace = (id: string, data: Float32Array): void => {
    const before = parameters.get(id);
    if (!before) throw new Error(`There is no parameter "${id}" to hold statistics.`);
    const tensor: Tensor = { shape: before.shape, data };
    next.set(id, tensor);
  };
  for (const [node, { mean, variance }] of statistics) {
    replace(parameterId(node, 'runningMean'), mean);
    replace(parameterId(node, 'runningVariance'), variance);
  }
  return next;
};
