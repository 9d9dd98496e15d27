// Many things are timed one after the other on a machine that clocks up and down. So they come in batches, with a reference timed
// before and after each: a batch during which the reference changed its speed is timed again, and a time is worth what the
// reference took around it. What was timed survives an interruption, and so does a batch that was begun.
import type { Checkpoint } from '@nasc/core';

export interface TimeInBatchesOptions<Value> {
  /** How many things there are. */
  readonly count: number;
  readonly batchSize: number;
  /** Relative change of the reference that makes a batch repeat, and how often one may. */
  readonly allowedDrift: number;
  readonly mostRepeats: number;
  /** Called before each batch, and where an interrupted one goes on. */
  beginBatch?(): Promise<void>;
  /** Times one of them; plain data. */
  time(index: number): Promise<Value>;
  /** Times the reference on a machine that is warm, ms. */
  timeReference(): Promise<number>;
  /** Of these timings alone. */
  readonly checkpoint: Checkpoint;
  progress(done: number): void;
}

export interface TimedInBatches<Value> {
  /** In order, each with the mean time of the reference before and after its batch, ms. */
  readonly timed: readonly { readonly value: Value; readonly referenceMs: number }[];
  /** Of the batches that count: the reference before and after, ms. */
  readonly references: readonly (readonly [before: number, after: number])[];
  readonly batchesRepeated: number;
}

interface Begun<Value> {
  readonly beforeMs: number;
  readonly values: readonly Value[];
  readonly repeats: number;
}

interface State<Value> extends TimedInBatches<Value> {
  /** The batch that was begun. */
  readonly current?: Begun<Value>;
}

export const timeInBatches = async <Value>(options: TimeInBatchesOptions<Value>): Promise<TimedInBatches<Value>> => {
  const { count, batchSize, allowedDrift, mostRepeats, beginBatch = async () => {}, time, timeReference, checkpoint, progress } = options;
  const begun = await checkpoint.resume<State<Value>>();
  const timed = [...(begun?.timed ?? [])];
  const references = [...(begun?.references ?? [])];
  let batchesRepeated = begun?.batchesRepeated ?? 0;
  let current = begun?.current;
  const state = (): State<Value> => ({ timed, references, batchesRepeated, ...(current && { current }) });
  if (begun) progress(timed.length);

  while (timed.length < count) {
    await beginBatch();
    const { beforeMs, values: earlier, repeats } = current ?? { beforeMs: await timeReference(), values: [], repeats: 0 };
    const values = [...earlier];
    const size = Math.min(batchSize, count - timed.length);
    while (values.length < size) {
      current = { beforeMs, values, repeats };
      await checkpoint.offer(state);
      values.push(await time(timed.length + values.length));
    }
    const afterMs = await timeReference();
    if (Math.abs(afterMs / beforeMs - 1) > allowedDrift && repeats < mostRepeats) {
      batchesRepeated++;
      current = { beforeMs: afterMs, values: [], repeats: repeats + 1 };
    } else {
      timed.push(...values.map((value) => ({ value, referenceMs: (beforeMs + afterMs) / 2 })));
      references.push([beforeMs, afterMs]);
      current = undefined;
    }
    await checkpoint.store(state());
    progress(timed.length);
  }
  return { timed, references, batchesRepeated };
};
