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
  /** How often each is timed, an odd number: the time in the middle counts, as a share of the reference's. */
  readonly rounds: number;
  /** Relative change of the reference that makes things be timed again, and how often that may be in a row. */
  readonly allowedDrift: number;
  readonly mostRepeats: number;
  /** Starts the device anew: before each batch, and where an interrupted one goes on. */
  beginBatch(): Promise<void>;
  /** Times one of them; plain data. */
  time(index: number): Promise<Value>;
  msOf(value: Value): number;
  /** Times the reference on a machine that is warm, ms. */
  timeReference(): Promise<number>;
  /** Of these timings alone. */
  readonly checkpoint: Checkpoint;
  progress(done: number): void;
}

interface Timed<Value> {
  readonly value: Value;
  /** Mean time of the reference before and after it, ms. */
  readonly referenceMs: number;
}

export interface TimedBesideReference<Value> {
  /** In order. */
  readonly timed: readonly Timed<Value>[];
  /** Of the timings that count: the reference before and after, ms. */
  readonly references: readonly (readonly [before: number, after: number])[];
  /** Times that were thrown away. */
  readonly repeated: number;
}

export const timeBesideReference = async <Value>(options: TimeBesideReferenceOptions<Value>): Promise<TimedBesideReference<Value>> => {
  const { count, batchSize, every, rounds, allowedDrift, mostRepeats, checkpoint } = options;
  const earlier = await checkpoint.resume<TimedBesideReference<Value>>();
  const timed = [...(earlier?.timed ?? [])];
  const references = [...(earlier?.references ?? [])];
  let repeated = earlier?.repeated ?? 0;
  const state = (): TimedBesideReference<Value> => ({ timed, references, repeated });
  if (earlier) options.progress(timed.length);

  /** Times a few things until the reference is the same behind as before; `before` is that of the last ones. */
  const timeGroup = async (indices: readonly number[], before: number): Promise<{ values: Value[]; before: number; after: number }> => {
    for (let repeats = 0; ; repeats++) {
      const values: Value[] = [];
      for (const index of indices) values.push(await options.time(index));
      const after = await options.timeReference();
      if (Math.abs(after / before - 1) <= allowedDrift || repeats === mostRepeats) return { values, before, after };
      repeated += values.length;
      before = after;
    }
  };
  const share = ({ value, referenceMs }: Timed<Value>): number => options.msOf(value) / referenceMs;

  while (timed.length < count) {
    await options.beginBatch();
    let last = await options.timeReference();
    const end = Math.min(count, (Math.floor(timed.length / batchSize) + 1) * batchSize);
    while (timed.length < end) {
      const indices = Array.from({ length: Math.min(every, end - timed.length) }, (_, offset) => timed.length + offset);
      const taken: Timed<Value>[][] = indices.map(() => []);
      for (let round = 0; round < rounds; round++) {
        const { values, before, after } = await timeGroup(indices, last);
        for (const [offset, value] of values.entries()) taken[offset]!.push({ value, referenceMs: (before + after) / 2 });
        references.push([before, after]);
        last = after;
      }
      timed.push(...taken.map((one) => one.toSorted((a, b) => share(a) - share(b))[(rounds - 1) / 2]!));
      await checkpoint.offer(state);
      options.progress(timed.length);
    }
    await checkpoint.store(state());
  }
  return state();
};
