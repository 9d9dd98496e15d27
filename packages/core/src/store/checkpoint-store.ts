// Checkpoints: `checkpoints/<key>/<making>/<place>/<sequence>-<hash>/`. The key is that of a part of the pipeline, `making` counts
// how often it was made with that key, so that what a finished making left behind is never taken for unfinished work of the
// next. The hash is that of the content. The last two of a place are kept: one that turns out to be damaged has another
// behind it.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '@nasc/diagnostics';
import { isTemporary, removeFolder, writeFolderAtomically } from '@nasc/files';
import { messages } from '../messages.ts';
import type { Consulted } from '../plugins/tracked-registry.ts';
import { sha256 } from '../sha256.ts';
import { decodeArtifact, encodeArtifact } from './codec.ts';
import { hashOf, readContentFolder } from './content-folder.ts';

/** What lies in a checkpoint's folder. */
export interface StoredCheckpoint {
  /** The pass, then the parts within it. */
  readonly place: readonly string[];
  /** What the part of the pipeline had looked up until then; it goes on only where all of that is unchanged. */
  readonly consulted: Consulted;
  /** What the part had taken until then, in all runs that worked on it. */
  readonly elapsedMs: number;
  readonly state: unknown;
}

export interface CheckpointPlace {
  /** The newest that is whole and that `applies`; the damaged ones before it are reported and removed. */
  read(applies: (checkpoint: StoredCheckpoint) => boolean, report: (diagnostic: Diagnostic) => void): Promise<StoredCheckpoint | undefined>;
  write(checkpoint: StoredCheckpoint): Promise<void>;
}

const folderName = /^(\d+)-([0-9a-f]{32})$/;

interface Entry {
  readonly sequence: number;
  readonly hash: string;
  readonly path: string;
}

/** For people the names as far as a file name takes them, for the program a digest of them. */
const nameOfPlace = (place: readonly string[]): string =>
  `${place
    .join('.')
    .replaceAll(/[^\w-]+/g, '_')
    .slice(0, 80)}-${sha256(JSON.stringify(place)).slice(0, 12)}`;

const namesIn = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });

export const openCheckpointPlace = (folder: string, place: readonly string[]): CheckpointPlace => {
  const root = join(folder, nameOfPlace(place));

  /** Newest first. */
  const entries = async (): Promise<readonly Entry[]> =>
    (await namesIn(root))
      .flatMap((name) => {
        const [, sequence, hash] = folderName.exec(name) ?? [];
        return hash === undefined ? [] : [{ sequence: Number(sequence), hash, path: join(root, name) }];
      })
      .toSorted((a, b) => b.sequence - a.sequence);

  const readEntry = async ({ path, hash }: Entry): Promise<StoredCheckpoint | undefined> => {
    const files = await readContentFolder(path, hash);
    return typeof files === 'string' ? undefined : (decodeArtifact(files) as StoredCheckpoint);
  };

  return {
    async read(applies, report) {
      const found = await entries();
      for (const [index, entry] of found.entries()) {
        const checkpoint = await readEntry(entry);
        if (checkpoint) {
          if (applies(checkpoint)) return checkpoint;
        } else {
          report(messages.checkpointDamaged(entry.path, index + 1 < found.length));
          await removeFolder(entry.path);
        }
      }
      return undefined;
    },

    async write(checkpoint) {
      const files = encodeArtifact(checkpoint);
      const hash = hashOf(files);
      const [last, ...older] = await entries();
      if (last?.hash === hash) return;
      const path = join(root, `${(last?.sequence ?? 0) + 1}-${hash}`);
      await writeFolderAtomically(path, files, `a checkpoint of ${checkpoint.place.join(' ')}`);
      for (const entry of older) await removeFolder(entry.path);
    },
  };
};

export interface CheckpointStore {
  /** Folder of the places of one making; nothing is made. */
  folderOf(key: string, making: number): string;
  /** Removes what other makings than this one left. */
  keepOnly(key: string, making: number): Promise<void>;
  remove(key: string): Promise<void>;
  /** Removes the keys of which nothing was stored for so long. */
  removeUnusedFor(ms: number): Promise<void>;
}

/** `folder` is the run's (`.nasc`). */
export const openCheckpointStore = (folder: string): CheckpointStore => {
  const root = join(folder, 'checkpoints');
  const folders = async (within: string) => (await namesIn(within)).filter((name) => !isTemporary(name)).map((name) => join(within, name));
  /** A folder changes when one of its entries comes or goes. */
  const lastChangeMs = async (keyFolder: string): Promise<number> => {
    const places = (await Promise.all((await folders(keyFolder)).map(folders))).flat();
    return Math.max(...(await Promise.all([keyFolder, ...places].map(async (path) => (await stat(path)).mtimeMs))));
  };
  return {
    folderOf: (key, making) => join(root, key, String(making)),
    async keepOnly(key, making) {
      const kept = join(root, key, String(making));
      const found = await folders(join(root, key));
      if (!found.includes(kept)) return removeFolder(join(root, key));
      for (const path of found) if (path !== kept) await removeFolder(path);
    },
    remove: (key) => removeFolder(join(root, key)),
    async removeUnusedFor(ms) {
      for (const path of await folders(root)) if (Date.now() - (await lastChangeMs(path)) > ms) await removeFolder(path);
    },
  };
};
