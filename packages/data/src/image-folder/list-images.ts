// All image files of a folder or tar archive as one table; nothing is decoded.
import { opendir, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { messages as fileMessages } from '../messages.ts';
import { createFileTableBuilder } from './file-table-builder.ts';
import type { FileTableBuilder } from './file-table-builder.ts';
import { pathOf } from './file-table.ts';
import type { FileTable } from './file-table.ts';
import { messages } from './messages.ts';
import { openArchive } from './open-archive.ts';

/** Held-out images have several usual names; the first that is there counts. */
export const testNames = ['test', 'val', 'valid', 'validation'] as const;

const archiveEndings = ['.tar', '.tar.gz', '.tgz'];

const isImage = (path: string): boolean =>
  /\.(?:jpe?g|png|webp)$/i.test(path) && !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

const unreadable = (path: string, error: NodeJS.ErrnoException): DiagnosticError =>
  new DiagnosticError([fileMessages.unreadable(path, readFailure(error) ?? error.message)], { cause: error });

const statsOf = (path: string): Promise<Stats | undefined> =>
  stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw unreadable(path, error);
  });

export interface ListOptions {
  /** Where compressed archives are unpacked to. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
}

interface Listing extends ListOptions {
  readonly builder: FileTableBuilder;
}

/** Files whose sizes are asked for at the same time. */
const atOnce = 64;

const listFolder = async (path: string, prefix: string, { builder, signal }: Listing): Promise<void> => {
  const container = builder.addContainer({ kind: 'folder', path, shownPath: path, prefix });
  // Links are followed, as sets are often assembled from them.
  const walk = async (folder: string): Promise<void> => {
    const at = join(path, folder);
    const folders: string[] = [];
    let waiting: Promise<void>[] = [];
    const add = async (name: string): Promise<void> => {
      const found = await statsOf(join(path, name));
      if (found?.isDirectory()) folders.push(name);
      else if (found && isImage(prefix + name)) builder.addFile(container, { name, offset: 0, size: found.size, modified: found.mtimeMs });
    };
    const entries = await opendir(at, { bufferSize: 1024 }).catch((error: NodeJS.ErrnoException) => {
      throw unreadable(at, error);
    });
    for await (const entry of entries) {
      // What stands for bytes that are no UTF-8: by this name the file could not be opened.
      if (entry.name.includes('\uFFFD')) throw new DiagnosticError([messages.nameNotUtf8(at, entry.name)]);
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      else if (entry.isSymbolicLink() || isImage(prefix + name)) waiting.push(add(name));
      if (waiting.length < atOnce) continue;
      await Promise.all(waiting);
      waiting = [];
      signal?.throwIfAborted();
    }
    await Promise.all(waiting);
    for (const inner of folders.toSorted()) await walk(inner);
  };
  await walk('');
};

const listArchive = async (path: string, prefix: string, { builder, ...options }: Listing): Promise<void> => {
  const { plainPath, modified, entries } = await openArchive(path, options);
  const container = builder.addContainer({ kind: 'archive', path: plainPath, shownPath: path, prefix });
  for await (const { path: entry, offset, size } of entries) {
    const name = entry.replace(/^(?:\.\/)+/, '');
    if (isImage(prefix + name)) builder.addFile(container, { name, offset, size, modified });
  }
};

/** `FOLDER/NAME` or `FOLDER/NAME.tar[.gz]`, whichever is there; false where none is. */
const listPart = async (folder: string, name: string, listing: Listing): Promise<boolean> => {
  const path = join(folder, name);
  if ((await statsOf(path))?.isDirectory()) {
    await listFolder(path, `${name}/`, listing);
    return true;
  }
  for (const ending of archiveEndings) {
    const found = await statsOf(path + ending);
    if (!found || found.isDirectory()) continue;
    await listArchive(path + ending, `${name}/`, listing);
    return true;
  }
  return false;
};

/** Leading folders that all files share, as in an archive of one folder, say nothing; names of splits do. */
const countSharedFolders = (table: FileTable): number => {
  const names: readonly string[] = ['train', ...testNames];
  const first = table.count > 0 ? pathOf(table, 0).split('/') : [];
  let shared = 0;
  const isShared = (folders: string): boolean => {
    for (let index = 0; index < table.count; index++) if (!pathOf(table, index).startsWith(folders)) return false;
    return true;
  };
  while (first.length - shared >= 3 && !names.includes(first[shared]!) && isShared(`${first.slice(0, shared + 1).join('/')}/`)) shared++;
  return shared;
};

/**
 * Images below `root`: a folder, a tar archive (plain or gzip), or a folder with train and test as folders or archives.
 * Undefined if there is no such folder or file. Errors: `DATA_FILE_UNREADABLE`, `DATA_TAR_DAMAGED`, `DATA_GZIP_DAMAGED`.
 */
export const listImages = async (root: string, options: ListOptions): Promise<FileTable | undefined> => {
  const found = await statsOf(root);
  if (!found) return undefined;
  const builder = createFileTableBuilder();
  const listing: Listing = { builder, ...options };
  if (!found.isDirectory()) await listArchive(root, '', listing);
  else if (!(await listPart(root, 'train', listing))) await listFolder(root, '', listing);
  else {
    for (const name of testNames) if (await listPart(root, name, listing)) break;
  }
  const table = builder.build();
  return { ...table, sharedFolders: countSharedFolders(table) };
};
