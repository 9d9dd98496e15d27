// How threads share the items of a job: each takes the next one from a counter until there is none, so that a thread that is
// slower, or begins later, takes fewer. Who takes which never changes a result: items write disjoint memory.

/** What the threads of a job share: [next item, items finished, failures]. */
export type Control = Int32Array;

const next = 0;
const finished = 1;
const failures = 2;

export const createControl = (): Control => new Int32Array(new SharedArrayBuffer(12));

export const failuresOf = (control: Control): number => Atomics.load(control, failures);

export interface Items {
  readonly count: number;
  /** Synchronous where it can be. */
  run(position: number): void | Promise<void>;
  /** After a failure no further items are taken, but those before it that others have taken are finished. */
  onFailure(position: number, error: unknown): void;
}

/** True for the thread that finishes the last item. */
export const takeItems = async (control: Control, { count, run, onFailure }: Items): Promise<boolean> => {
  let done = 0;
  for (;;) {
    const position = Atomics.add(control, next, 1);
    if (position >= count) break;
    try {
      const running = run(position);
      if (running) await running;
    } catch (error) {
      onFailure(position, error);
      Atomics.add(control, failures, 1);
      // Items that nobody has taken yet count as finished.
      done += Math.max(0, count - Atomics.exchange(control, next, count));
    }
    done++;
  }
  return done > 0 && Atomics.add(control, finished, done) + done === count;
};
