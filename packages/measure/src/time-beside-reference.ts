// Many things are timed one after the other on a machine that clocks up and down, within seconds where others share it. So a reference is
// timed between each and the next: a thing during which the reference changed its speed is timed again, and a time is worth what the
// reference took around it. Things come in batches, between which the device starts anew. What was timed survives an interruption.
import type { Checkpoint } from '@nasc/core';

export interface TimeBesideReferenceOptions<Value> {
  /** How many things there are. */
  readonly count: number;
  /** Things between two starts of the device. */
  readonly batchSize: number;
  /** Things between two timings of the reference: more than one where each takes long. */
  readonly every: number;
  /** Relative change of the reference that makes things be timed again, and how often that may be in a row. */
  readonly allowedDrift: number;
  readonly mostRepeats: number;
  /** Starts the device anew: before each batch, and where an interrupted one goes on. */
  beginBatch(): Promise<void>;
  /** Times one of them; plain data. */
  time(index: number): Promise<Value>;
  /** Times the reference on a machine that is warm, ms. */
  timeReference(): Promise<number>;
  /** Of these timings alone. */
  readonly checkpoint: Checkpoint;
  progress(done: number): void;
}

export interface TimedBesideReference<Value> {
  /** In order, each with the mean time of the reference before and after it, ms. */
  readonly timed: readonly { readonly value: Value; readonly referenceMs: number }[];
  /** Of the timings that count: the reference before and after, ms. */
  readonly references: readonly (readonly [before: number, after: number])[];
  /** Times that were thrown away. */
  readonly repeated: number;
}

export const timeBesideReference = async <Value>(options: TimeBesideReferenceOptions<Value>): Promise<TimedBesideReference<Value>> => {
  const { count, batchSize, every, allowedDrift, mostRepeats, beginBatch, time, timeReference, checkpoint, progress } = options;
  const earlier = await checkpoint.resume<TimedBesideReference<Value>>();
  const timed = [...(earlier?.timed ?? [])];
  const references = [...(earlier?.references ?? [])];
  let repeated = earlier?.repeated ?? 0;
  const state = (): TimedBesideReference<Value> => ({ timed, references, repeated });
  if (earlier) progress(timed.length);

  while (timed.length < count) {
    await beginBatch();
    let before = await timeReference();
    const end = Math.min(count, (Math.floor(timed.length / batchSize) + 1) * batchSize);
    for (let repeats = 0; timed.length < end;) {
      const values: Value[] = [];
      while (values.length < Math.min(every, end - timed.length)) values.push(await time(timed.length + values.length));
      const after = await timeReference();
      if (Math.abs(after / before - 1) > allowedDrift && repeats < mostRepeats) {
        repeats++;
        repeated += values.length;
      } else {
        const referenceMs = (before + after) / 2;
        timed.push(...values.map((value) => ({ value, referenceMs })));
        references.push([before, after]);
        repeats = 0;
        await checkpoint.offer(state);
        progress(timed.length);
      }
      before = after;
    }
    await checkpoint.store(state());
  }
  return state();
};
