// Unfinished work of a pass, kept so that the same command goes on from there after Ctrl-C, a crash or a lost machine.

/**
 * A state is plain data (absent values in objects are left out), typed arrays, float32 tensor tables and maps of files; all of it
 * comes back exactly, tables in the order of their names. It has to hold everything that the rest of the work depends on: going
 * on from it gives the same bits as never having stopped.
 *
 * Checkpoints last until the artifact of their part of the pipeline is stored. After an interruption the passes before the
 * interrupted one run again, each from its own last checkpoint. So a pass whose result would not come out the same again, as
 * a measurement, has to have stored it.
 */
export interface Checkpoint {
  /** What was stored last by an interrupted run whose result would have been the same; undefined where there is nothing. */
  resume<State>(): Promise<State | undefined>;
  /**
   * To be called wherever the pass could go on from. `state`, which may return a promise, is asked for, and stored, when the
   * interval has passed since the last one or the run was asked to stop; in the second case the reason of that is thrown. The
   * interval grows with what storing costs. The state may be changed once the promise of `offer` is fulfilled. Errors:
   * DISK_FULL, WRITE_FAILED.
   */
  offer(state: () => unknown): Promise<void>;
  /** Stores at once: for what is dear or, like a measurement, would not come out the same again. Errors as above. */
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
