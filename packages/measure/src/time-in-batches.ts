// Many things are timed one after the other on a machine that clocks up and down. So they come in batches, with a reference timed
// before and after each: a batch during which the reference changed its speed is timed again, and a time is worth what the
// reference took around it. What was timed survives an interruption; a batch that was begun then is ended by the first look at the
// reference afterwards.
import type { Checkpoint } from '@nasc/core';

export interface TimeInBatchesOptions<Value, Reference extends { readonly ms: number }> {
  /** How many things there are. */
  readonly count: number;
  readonly batchSize: number;
  /** Relative change of the reference that makes a batch repeat, and how often one may. */
  readonly allowedDrift: number;
  readonly mostRepeats: number;
  /** Times one of them; plain data. */
  time(index: number): Promise<Value>;
  /** Times the reference on a machine that is warm; plain data. */
  timeReference(): Promise<Reference>;
  /** Of these timings alone. */
  readonly checkpoint: Checkpoint;
  progress(done: number): void;
}

export interface TimedInBatches<Value, Reference> {
  /** In order, each with the mean time of the reference before and after its batch. */
  readonly timed: readonly { readonly value: Value; readonly referenceMs: number }[];
  readonly references: readonly Reference[];
  readonly batchesRepeated: number;
}

interface State<Value, Reference> extends TimedInBatches<Value, Reference> {
  /** The batch that was begun, and how often it was repeated. */
  readonly current: readonly Value[];
  readonly repeats: number;
}

export const timeInBatches = async <Value, Reference extends { readonly ms: number }>(
  options: TimeInBatchesOptions<Value, Reference>,
): Promise<TimedInBatches<Value, Reference>> => {
  const { count, batchSize, allowedDrift, mostRepeats, time, timeReference, checkpoint, progress } = options;
  const begun = await checkpoint.resume<State<Value, Reference>>();
  const timed = [...(begun?.timed ?? [])];
  const references = [...(begun?.references ?? [])];
  let current = [...(begun?.current ?? [])];
  let { repeats, batchesRepeated } = begun ?? { repeats: 0, batchesRepeated: 0 };
  const state = (): State<Value, Reference> => ({ timed, references, current, repeats, batchesRepeated });

  const endBatch = async (): Promise<void> => {
    const after = await timeReference();
    const beforeMs = (references.at(-1) ?? after).ms;
    references.push(after);
    if (current.length === 0) return;
    if (Math.abs(after.ms / beforeMs - 1) > allowedDrift && repeats < mostRepeats) {
      repeats++;
      batchesRepeated++;
    } else {
      repeats = 0;
      timed.push(...current.map((value) => ({ value, referenceMs: (beforeMs + after.ms) / 2 })));
    }
    current = [];
  };

  if (timed.length < count) await endBatch();
  if (begun) progress(timed.length);
  while (timed.length < count) {
    const end = Math.min(timed.length + batchSize, count);
    for (let index = timed.length; index < end; index++) {
      await checkpoint.offer(state);
      current.push(await time(index));
    }
    await endBatch();
    await checkpoint.store(state());
    progress(timed.length);
  }
  return { timed, references, batchesRepeated };
};
