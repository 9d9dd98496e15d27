// Prepares the next batches while the engine computes on the current one.
import type { BatchSource, TrainingBatch } from '@nasc/core';
import { prefetch } from '@nasc/data';

/** Batch `step` of a source, of which `steps` are taken. Steps may come in any order; only ascending ones are fast. */
export const readAhead = (source: BatchSource, steps: number): ((step: number) => Promise<TrainingBatch>) =>
  prefetch((step) => source.batch(step), steps, source.ahead ?? 1);
