// Which file is meant: the one that is named, or the only config of a folder.
import { readdir, stat } from 'node:fs/promises';
import { extname, relative, resolve } from 'node:path';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { messages } from '../messages.ts';

export const configExtensions = ['.ts', '.mts', '.js', '.mjs', '.json'] as const;
const names: readonly string[] = configExtensions.map((extension) => `nasc.config${extension}`);

/** A path as messages show it: from `folder` where it is below, else whole. */
export const shownPath = (path: string, folder: string): string => {
  const shown = relative(folder, path);
  if (shown === '') return '.';
  return shown.startsWith('..') ? path : shown;
};

/** What to throw when the file system refuses. */
export const unreadable = (shown: string, cause: unknown): unknown => {
  const reason = readFailure(cause);
  return reason === undefined ? cause : new DiagnosticError([messages.unreadable(shown, reason)], { cause });
};

const findInFolder = async (folder: string, shown: string): Promise<string> => {
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw unreadable(shown, cause);
  });
  const present = new Set(entries);
  const found = names.filter((name) => present.has(name));
  if (found.length === 0) throw new DiagnosticError([messages.noneInFolder(shown, names)]);
  if (found.length > 1) throw new DiagnosticError([messages.severalInFolder(shown, found)]);
  return resolve(folder, found[0]!);
};

/** `path` may be a file or a folder; the folder itself is looked through where it is absent. Returns an absolute path. */
export const findConfig = async (path: string | undefined, folder: string): Promise<string> => {
  const place = resolve(folder, path ?? '.');
  const shown = shownPath(place, folder);
  const found = await stat(place).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') throw new DiagnosticError([messages.notFound(shown)], { cause });
    throw unreadable(shown, cause);
  });
  if (found.isDirectory()) return findInFolder(place, shown);
  if (!(configExtensions as readonly string[]).includes(extname(place))) {
    throw new DiagnosticError([messages.unknownFormat(shown, configExtensions)]);
  }
  return place;
};
