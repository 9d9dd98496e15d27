// Images of the test split, normalised as the network was trained.
import type { TaskDescription } from '@nasc/core';
import { evaluationBatch, evaluationBatches, wholeSplit } from '@nasc/data';
import type { Batch, Dataset } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

/** The first `count` test images, or all where there are fewer. Throws CODEGEN_NO_TEST_IMAGES. */
export const testImages = ({ test, name }: Dataset, { normalisation }: TaskDescription, count: number): Promise<Batch> => {
  if (test.count === 0) throw new DiagnosticError([messages.noTestImages(name)]);
  return evaluationBatch(wholeSplit(test), 0, { batchSize: Math.min(count, test.count), normalisation });
};

/** All test images in order. */
export const testBatches = (
  { test }: Dataset,
  { normalisation }: TaskDescription,
  batchSize: number,
): AsyncGenerator<Batch, void, undefined> => evaluationBatches(wholeSplit(test), { batchSize, normalisation });
