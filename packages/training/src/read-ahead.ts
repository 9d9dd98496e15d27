// Prepares the next batch while the engine computes on the current one.
import { setImmediate } from 'node:timers/promises';
import type { BatchSource, TrainingBatch } from '@nasc/core';

/**
 * Batch `step` of a source. The one after it is begun once the caller had the chance to start its computation, so both run at
 * the same time. Steps may come in any order; only ascending ones are fast.
 */
export const readAhead = (source: BatchSource, steps: number): ((step: number) => Promise<TrainingBatch>) => {
  let ahead: { readonly step: number; readonly batch: Promise<TrainingBatch> } | undefined;
  const begin = (step: number) => {
    const batch = setImmediate().then(() => source.batch(step));
    batch.catch(() => {}); // reported to whoever takes the batch
    return { step, batch };
  };
  return async (step) => {
    const batch = await (ahead?.step === step ? ahead.batch : source.batch(step));
    ahead = step + 1 < steps ? begin(step + 1) : undefined;
    return batch;
  };
};
