// How long the rest of a count will take, from its speed so far. Reads no clock: whoever reports brings the time.

export interface ProgressCount {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

/**
 * Each call takes the next report and its time in ms; returns the estimated remaining ms, undefined until the count moved.
 * The speed is taken from a count's first report on: what came before it (compiling, loading) does not repeat. Another
 * unit, another total or a smaller `done` begins another count, whose speed is its own.
 */
export const createProgressRate = (): ((count: ProgressCount, nowMs: number) => number | undefined) => {
  let first: { readonly done: number; readonly atMs: number } | undefined;
  let last: ProgressCount | undefined;
  return (count, nowMs) => {
    const goesOn = last && count.unit === last.unit && count.total === last.total && count.done >= last.done;
    if (!first || !goesOn) first = { done: count.done, atMs: nowMs };
    last = count;
    if (count.done === first.done) return undefined;
    return ((nowMs - first.atMs) / (count.done - first.done)) * (count.total - count.done);
  };
};
