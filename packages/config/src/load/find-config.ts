// Which file is meant: the one that is named, or the only config of a folder.
import { readdir, stat } from 'node:fs/promises';
import { extname, relative, resolve } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from '../messages.ts';

export const configExtensions = ['.ts', '.mts', '.js', '.mjs', '.json'] as const;
const names: readonly string[] = configExtensions.map((extension) => `nasc.config${extension}`);

/** A path as messages show it: from the current folder where it is below, else whole. */
export const shownPath = (path: string): string => {
  const shown = relative(process.cwd(), path);
  if (shown === '') return '.';
  return shown.startsWith('..') ? path : shown;
};

const findInFolder = async (folder: string): Promise<string> => {
  const present = new Set(await readdir(folder));
  const found = names.filter((name) => present.has(name));
  if (found.length === 0) throw new DiagnosticError([messages.noneInFolder(shownPath(folder), names)]);
  if (found.length > 1) throw new DiagnosticError([messages.severalInFolder(shownPath(folder), found)]);
  return resolve(folder, found[0]!);
};

/** `path` may be a file or a folder; the folder itself is looked through where it is absent. Returns an absolute path. */
export const findConfig = async (path: string | undefined, folder: string): Promise<string> => {
  const place = resolve(folder, path ?? '.');
  const found = await stat(place).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') throw new DiagnosticError([messages.notFound(shownPath(place))], { cause });
    throw cause;
  });
  if (found.isDirectory()) return findInFolder(place);
  if (!(configExtensions as readonly string[]).includes(extname(place))) {
    throw new DiagnosticError([messages.unknownFormat(shownPath(place), configExtensions)]);
  }
  return place;
};
