// A folder of files whose name holds the hash of its content.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../sha256.ts';
import type { FileSet } from './codec.ts';

/** 32 hexadecimal digits: of the sorted lines `path, NUL, SHA-256 of the bytes, newline`. */
export const hashOf = (files: FileSet): string =>
  sha256(
    [...files]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, bytes]) => `${name}\0${sha256(bytes)}\n`)
      .join(''),
  ).slice(0, 32);

const readFiles = async (folder: string, prefix = ''): Promise<Map<string, Uint8Array>> => {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const name = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) for (const [inner, bytes] of await readFiles(folder, name)) files.set(inner, bytes);
    else files.set(name, await readFile(join(folder, name)));
  }
  return files;
};

/** What a reader meets where a folder is not what was written: files that became folders, and sectors that became unreadable. */
const damages = new Set(['ENOTDIR', 'EISDIR', 'EIO']);

/** The files of a folder whose content has this hash; else whether there is no such folder or it is damaged. */
export const readContentFolder = async (folder: string, hash: string): Promise<FileSet | 'missing' | 'damaged'> => {
  try {
    const files = await readFiles(folder);
    return hashOf(files) === hash ? files : 'damaged';
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (code === 'ENOENT') return 'missing';
    if (damages.has(code)) return 'damaged';
    throw cause;
  }
};
