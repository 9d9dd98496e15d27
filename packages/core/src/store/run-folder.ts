// A run has its folder to itself: two at once would do the same work twice, and disturb each other's measurements.
import { dirname, join } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { lockFile, removeLeftovers } from '@nasc/files';
import { messages } from '../messages.ts';
import { openCheckpointStore } from './checkpoint-store.ts';

export interface LockOptions {
  /** Waits for another run to end instead of refusing. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** Told for whom it waits. */
  readonly report: (diagnostic: Diagnostic) => void;
}

/**
 * Runs `work` while no other process, nor this one, has the lock that is this file. Errors: RUN_FOLDER_BUSY, DISK_FULL,
 * WRITE_FAILED, the signal's reason, and those of `work`.
 */
export const withLock = async <T>(file: string, { wait, signal, report }: LockOptions, work: () => Promise<T>): Promise<T> => {
  const lock = await lockFile(file, signal, ({ owner, state }) => {
    if (wait) return report(messages.runFolderAwaited(dirname(file), owner, state === 'unknown' ? file : undefined));
    throw new DiagnosticError([
      state === 'unknown' ? messages.runFolderBusyElsewhere(dirname(file), owner, file) : messages.runFolderBusy(dirname(file), owner),
    ]);
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
};

const monthMs = 30 * 24 * 3600 * 1000;

/** `work` with the folder of a run (`.nasc`) to itself; before it, what killed runs left half-written is removed. */
export const withRunFolder = <T>(folder: string, options: LockOptions, work: () => Promise<T>): Promise<T> =>
  withLock(join(folder, 'lock'), options, async () => {
    // The deepest: checkpoints/<key>/<making>/<place>/<checkpoint>.
    await removeLeftovers(folder, 4);
    await openCheckpointStore(folder).removeUnusedFor(monthMs);
    return work();
  });
