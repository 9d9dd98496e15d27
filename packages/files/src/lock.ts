// A lock that is a file and dies with its process: what a killed one left is taken over.
//
// The file holds its owner and appears by link(2), whole and only if there is none. A lock whose owner is gone is succeeded by
// `<path>.after-<its id>`, made in the same way, so only one of several that want it at once gets it, and that one's may be
// succeeded likewise: whoever is at the end of the chain has the lock. It then takes the place of the first and removes
// the rest. Somebody may have looked before that and link after it; so after linking the chain is walked again.
import { randomUUID } from 'node:crypto';
import { link, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { temporaryPath } from './leftovers.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { ownIdentity, stateOfProcess } from './process-identity.ts';
import { explainingWriteErrors } from './write-errors.ts';
import { ensureFolder } from './write.ts';

export interface LockOwner extends ProcessIdentity {
  readonly id: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface Lock {
  release(): Promise<void>;
}

/** Who has it instead; `unknown` where it cannot be seen from here whether that process still runs. */
export interface LockHeld {
  readonly owner: LockOwner;
  readonly state: 'runs' | 'unknown';
}

const codeOf = (cause: unknown) => (cause as NodeJS.ErrnoException).code;

const isOwner = (value: unknown): value is LockOwner => {
  const { id, processId, host, since } = (value ?? {}) as Partial<Record<keyof LockOwner, unknown>>;
  return (
    typeof id === 'string' && /^[\w-]+$/.test(id) && Number.isInteger(processId) && [host, since].every((text) => typeof text === 'string')
  );
};

/** Undefined where there is no such file. Locks appear whole, so a file that does not say who it is is `damaged`: nobody's. */
const readOwner = async (path: string): Promise<LockOwner | 'damaged' | undefined> => {
  try {
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isOwner(owner) ? owner : 'damaged';
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    if (cause instanceof SyntaxError) return 'damaged';
    throw cause;
  }
};

/** The end of the chain: who has the lock, or where the next one's file belongs. */
const follow = async (path: string): Promise<LockHeld | { readonly free: string }> => {
  for (let place = path; ;) {
    const owner = await readOwner(place);
    if (!owner) return { free: place };
    if (owner !== 'damaged') {
      const state = await stateOfProcess(owner);
      if (state !== 'gone') return { owner, state };
    }
    place = `${path}.after-${owner === 'damaged' ? owner : owner.id}`;
  }
};

/** False where somebody else was quicker. */
const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (cause: unknown) => {
      if (codeOf(cause) === 'EEXIST') return false;
      throw cause;
    },
  );

const removeChain = async (path: string): Promise<void> => {
  const prefix = `${basename(path)}.after-`;
  for (const name of await readdir(dirname(path))) if (name.startsWith(prefix)) await rm(join(dirname(path), name), { force: true });
};

const acquire = async (path: string, own: string, id: string): Promise<LockHeld | undefined> => {
  for (;;) {
    const found = await follow(path);
    if ('owner' in found) return found;
    if (!(await linked(own, found.free))) continue;
    if (found.free === path) return undefined;
    const now = await follow(path);
    if ('owner' in now && now.owner.id === id) {
      await rename(own, path);
      await removeChain(path);
      return undefined;
    }
    await rm(found.free, { force: true });
  }
};

/** The lock, or who has it; this process may be it. */
const tryLock = async (path: string): Promise<Lock | LockHeld> => {
  const owner: LockOwner = { id: randomUUID(), since: new Date().toISOString(), ...(await ownIdentity()) };
  const own = temporaryPath(path);
  const held = await explainingWriteErrors({ what: 'a lock', path }, async () => {
    try {
      await ensureFolder(dirname(path));
      await writeFile(own, `${JSON.stringify(owner, undefined, 1)}\n`, { flush: true });
      return await acquire(path, own, owner.id);
    } finally {
      await rm(own, { force: true });
    }
  });
  if (held) return held;
  return {
    async release() {
      const now = await readOwner(path);
      if (now && now !== 'damaged' && now.id === owner.id) await rm(path, { force: true });
    },
  };
};

const pollMs = 200;

/**
 * Waits for the lock; `onHeld` is told of each owner that is waited for, and may throw so as not to. Errors: those, the signal's
 * reason, DISK_FULL, WRITE_FAILED.
 */
export const lockFile = async (path: string, signal: AbortSignal, onHeld: (held: LockHeld) => void): Promise<Lock> => {
  for (let known: string | undefined; ;) {
    signal.throwIfAborted();
    const lock = await tryLock(path);
    if ('release' in lock) return lock;
    if (lock.owner.id !== known) onHeld(lock);
    known = lock.owner.id;
    await setTimeout(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
};
