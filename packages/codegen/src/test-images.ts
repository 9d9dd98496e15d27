// Images of the test split, normalised as the network was trained.
import type { TaskDescription } from '@nasc/core';
import { evaluationBatches, wholeSplit } from '@nasc/data';
import type { Batch, PreparedDataset } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

const comparedBatchSize = 64;

/** The first `count` test images, or all where there are fewer, in batches. Throws CODEGEN_NO_TEST_IMAGES. */
export const comparedBatches = async (
  { test, name }: PreparedDataset,
  { normalisation }: TaskDescription,
  count: number,
): Promise<readonly Batch[]> => {
  if (test.count === 0) throw new DiagnosticError([messages.noTestImages(name)]);
  const indices = Uint32Array.from({ length: Math.min(count, test.count) }, (_, index) => index);
  const batches: Batch[] = [];
  for await (const batch of evaluationBatches({ split: test, indices }, { batchSize: comparedBatchSize, normalisation }))
    batches.push(batch);
  return batches;
};

/** All test images in order, from batch `first` on. */
export const testBatches = (
  { test }: PreparedDataset,
  { normalisation }: TaskDescription,
  batchSize: number,
  first: number,
): AsyncGenerator<Batch, void, undefined> => evaluationBatches(wholeSplit(test), { batchSize, normalisation }, first);
