// Ctrl-C: the first asks the run to stop, the second ends the process.
import type { Io } from '../io.ts';

/** 128 + SIGINT, as shells report it. */
export const interruptedCode = 130;

export interface Interrupt {
  readonly signal: AbortSignal;
  dispose(): void;
}

/** `onStop` is told of the first Ctrl-C. */
export const createInterrupt = (io: Io, onStop: () => void): Interrupt => {
  const controller = new AbortController();
  const dispose = io.onInterrupt(() => {
    if (controller.signal.aborted) return io.exit(interruptedCode);
    controller.abort();
    onStop();
  });
  return { signal: controller.signal, dispose };
};
