// Temporary names, and what is left under them when a process dies.
import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processExists } from './process-identity.ts';
import { explainingWriteErrors } from './write-errors.ts';

const temporaryName = /\.(\d+)-[0-9a-f]{12}\.tmp$/;

/** A name of its own beside `path`, from which this process can be told: `<path>.<process id>-<random>.tmp`. */
export const temporaryPath = (path: string): string => `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;

/** True for a temporary name, whoever gave it. */
export const isTemporary = (name: string): boolean => temporaryName.test(name);

/**
 * Removes what lies under temporary names of processes that are gone, in `folder` and down to `depth` folders below it.
 * To be called where no other machine writes: process ids say nothing about its processes.
 */
export const removeLeftovers = async (folder: string, depth: number): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  for (const entry of entries) {
    const processId = temporaryName.exec(entry.name)?.[1];
    const path = join(folder, entry.name);
    if (processId !== undefined) {
      if (!processExists(Number(processId))) await rm(path, { recursive: true, force: true });
    } else if (entry.isDirectory() && depth > 0) await removeLeftovers(path, depth - 1);
  }
};

/** Removes a folder so that it is there whole or not at all, whenever the process dies. No error if it is not there. */
export const removeFolder = (folder: string): Promise<void> =>
  explainingWriteErrors({ what: 'to its folder', path: folder }, async () => {
    const doomed = temporaryPath(folder);
    try {
      await rename(folder, doomed);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw cause;
    }
    await rm(doomed, { recursive: true, force: true });
  });
