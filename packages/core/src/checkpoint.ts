// Unfinished work of a pass, kept so that the same command goes on from there after Ctrl-C, a crash or a lost machine.

/**
 * A state is plain data, float32 tensor tables and bytes, as artifacts are. It has to hold everything that the rest of the
 * work depends on: going on from it gives the same bits as never having stopped.
 */
export interface Checkpoint {
  /** What was stored last by an interrupted run whose result would have been the same; undefined where there is nothing. */
  resume<State>(): Promise<State | undefined>;
  /**
   * To be called wherever the pass could go on from. `state` is asked for, and stored, when the interval has passed since the
   * last one or the run was asked to stop; in the second case the reason of that is thrown.
   */
  offer(state: () => unknown): Promise<void>;
  /** Stores at once: for what is dear or, like a measurement, would not come out the same again. */
  store(state: unknown): Promise<void>;
  /** A place of its own for one piece of work in a pass that has several. */
  part(name: string): Checkpoint;
}

/** Keeps nothing; still stops when asked to. */
export const noCheckpoint = (signal?: AbortSignal): Checkpoint => ({
  resume: async () => undefined,
  offer: async () => signal?.throwIfAborted(),
  store: async () => {},
  part: () => noCheckpoint(signal),
});
