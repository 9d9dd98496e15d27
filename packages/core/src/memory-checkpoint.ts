// Checkpoints in memory: to test that a pass, interrupted anywhere, goes on as if nothing had been.
import type { Checkpoint } from './checkpoint.ts';
import { decodeArtifact, encodeArtifact } from './store/codec.ts';
import type { FileSet } from './store/codec.ts';

export interface MemoryCheckpointOptions {
  /** The offer at which the pass is stopped, counted from 1 over all parts; never when absent. */
  readonly stopAt?: number;
  /** Stops without storing, as a crash does. */
  readonly crash?: boolean;
  /** One offer in so many is taken; 1 when absent. */
  readonly every?: number;
}

/** What an interrupted pass left behind: by part. A state goes through the same encoding as into files. */
export type KeptStates = Map<string, FileSet>;

/** Where it stops a pass, it throws an error with the message `stopped`. */
export const memoryCheckpoint = (kept: KeptStates, options: MemoryCheckpointOptions = {}): Checkpoint => {
  const { stopAt = Infinity, crash = false, every = 1 } = options;
  let offers = 0;
  const place = (name: string): Checkpoint => {
    const store = async (state: unknown): Promise<void> => void kept.set(name, encodeArtifact(state));
    return {
      async resume<State>() {
        const files = kept.get(name);
        return files && (decodeArtifact(files) as State);
      },
      async offer(state) {
        offers++;
        const stops = offers >= stopAt;
        if (stops ? !crash : offers % every === 0) await store(await state());
        if (stops) throw new Error('stopped');
      },
      store,
      part: (inner) => place(`${name}/${inner}`),
    };
  };
  return place('');
};
