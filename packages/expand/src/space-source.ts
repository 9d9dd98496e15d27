// Where the space comes from: a named one, a JSON file, or the config itself.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseJson } from '@nasc/config';
import type { Config } from '@nasc/config';
import type { Registry } from '@nasc/core';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { messages } from './messages.ts';

/** The space as it was written, and its place for diagnostics: what JSON pointers are appended to. */
export interface SpaceSource {
  readonly value: unknown;
  readonly place: string;
}

const isFile = (text: string): boolean => text.endsWith('.json') || text.includes('/');

/** The part of the config that names the space, with the content of a file: what a key depends on. */
export const spaceKey = (space: Config['space'], folder: string): unknown => {
  if (typeof space !== 'string' || !isFile(space)) return space;
  try {
    return { file: space, content: readFileSync(resolve(folder, space), 'utf8') };
  } catch {
    // Told with its place when the space is read.
    return { file: space };
  }
};

const readSpaceFile = (path: string, folder: string): SpaceSource => {
  let text: string;
  try {
    text = readFileSync(resolve(folder, path), 'utf8');
  } catch (cause) {
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([messages.fileNotRead(path, reason)], { cause });
  }
  return { value: parseJson(text, path), place: path };
};

export const readSpaceSource = (space: Config['space'], folder: string, spaces: Registry['spaces']): SpaceSource => {
  if (typeof space !== 'string') return { value: space, place: '#/space' };
  return isFile(space) ? readSpaceFile(space, folder) : { value: spaces.require(space, '/space').space, place: space };
};
