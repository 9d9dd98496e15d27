// Files and folders that are whole or not there: written under a temporary name, forced to the disk, renamed.
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { temporaryPath } from './leftovers.ts';
import { explainingWriteErrors } from './write-errors.ts';

export type Content = string | Uint8Array;

/** Relative path -> content. */
export type Files = ReadonlyMap<string, Content>;

const byteLength = (content: Content): number => (typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength);

const totalLength = (files: Files): number => [...files.values()].reduce((sum, content) => sum + byteLength(content), 0);

const placeIn = (folder: string, name: string): string => {
  if (isAbsolute(name) || name.split(/[/\\]/).includes('..')) throw new RangeError(`"${name}" is no place in ${folder}`);
  return join(folder, name);
};

/**
 * Makes a folder and those above it, where they are not there. Unlike `mkdir` with `recursive`, which looks for the folder after
 * any other error and reports that it is missing, it says when the disk is full or read-only.
 */
export const ensureFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw cause;
    await ensureFolder(dirname(path));
    await mkdir(path).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
  }
};

/** Forces a file or the names in a folder to the disk. Some file systems know no such thing for folders. */
const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (cause) {
    if (!['EINVAL', 'ENOTSUP'].includes(String((cause as NodeJS.ErrnoException).code))) throw cause;
  } finally {
    await handle.close();
  }
};

const syncTree = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await sync(path);
  }
  await sync(folder);
};

const writeThrough = async (path: string, content: Content | AsyncIterable<Uint8Array>): Promise<void> => {
  const handle = await open(path, 'w');
  try {
    await writeFile(handle, content);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Replaces several files: all are written before the first of them appears, in the order of `files`. Where that fails the older
 * ones are still there. Errors: DISK_FULL, WRITE_FAILED. `what` names them in messages.
 */
export const replaceFiles = (folder: string, files: Files, what: string): Promise<void> =>
  explainingWriteErrors({ what, path: folder, bytes: totalLength(files) }, async () => {
    const temporaries = new Map<string, string>();
    try {
      for (const [name, content] of files) {
        const path = placeIn(folder, name);
        await ensureFolder(dirname(path));
        temporaries.set(path, temporaryPath(path));
        await writeThrough(temporaries.get(path)!, content);
      }
      for (const [path, temporary] of temporaries) await rename(temporary, path);
    } finally {
      for (const temporary of temporaries.values()) await rm(temporary, { force: true });
    }
    for (const inner of new Set([...temporaries.keys()].map((path) => dirname(path)))) await sync(inner);
  });

/**
 * Writes or replaces a file; a content that comes in chunks may throw until its end, and then there is no file. Errors:
 * DISK_FULL, WRITE_FAILED; an older file of that name is then still there. `what` names it in messages: `the report`.
 */
export const writeFileAtomically = (path: string, content: Content | AsyncIterable<Uint8Array>, what: string): Promise<void> => {
  const bytes = typeof content === 'string' || content instanceof Uint8Array ? byteLength(content) : undefined;
  return explainingWriteErrors({ what, path, bytes }, async () => {
    await ensureFolder(dirname(path));
    const temporary = temporaryPath(path);
    try {
      await writeThrough(temporary, content);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
    await sync(dirname(path));
  });
};

/** False where a folder that is not empty is there already. */
const renamed = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOTEMPTY' || cause.code === 'EEXIST') return false;
      throw cause;
    },
  );

const publish = async (folder: string, fill: (temporary: string) => Promise<void>): Promise<boolean> => {
  const temporary = temporaryPath(folder);
  try {
    await ensureFolder(temporary);
    await fill(temporary);
    const first = await renamed(temporary, folder);
    if (first) await sync(dirname(folder));
    return first;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};

/**
 * Makes a folder of what `fill` writes into the one that it is given. False, and nothing changes, where a folder that is not
 * empty has the name already. Errors: DISK_FULL, WRITE_FAILED, and what `fill` throws.
 */
export const makeFolder = (folder: string, what: string, fill: (temporary: string) => Promise<void>): Promise<boolean> =>
  explainingWriteErrors({ what, path: folder }, () =>
    publish(folder, async (temporary) => {
      await fill(temporary);
      await syncTree(temporary);
    }),
  );

/** Makes a folder of files, as `makeFolder` does. */
export const writeFolderAtomically = (folder: string, files: Files, what: string): Promise<boolean> =>
  explainingWriteErrors({ what, path: folder, bytes: totalLength(files) }, () =>
    publish(folder, async (temporary) => {
      const folders = new Set([temporary]);
      for (const [name, content] of files) {
        const path = placeIn(temporary, name);
        await ensureFolder(dirname(path));
        for (let inner = dirname(path); inner.startsWith(temporary + sep); inner = dirname(inner)) folders.add(inner);
        await writeThrough(path, content);
      }
      for (const inner of folders) await sync(inner);
    }),
  );
