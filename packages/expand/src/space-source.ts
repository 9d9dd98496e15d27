// Where the space comes from: a named one, a JSON file (a space, or a network in the format of ProxylessNAS's authors), or the config.
import { readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { isSpaceFile, parseJson, validateSpace } from '@nasc/config';
import type { Config, Space } from '@nasc/config';
import type { Registry } from '@nasc/core';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { isNetConfig, readNetConfig } from '@nasc/net-config';
import { messages } from './messages.ts';

/** The space as it was written, and its place for diagnostics: what JSON pointers are appended to. */
export interface SpaceSource {
  readonly value: unknown;
  readonly place: string;
}

/** The part of the config that names the space, with the content of a file: what a key depends on. */
export const spaceKey = (space: Config['space'], folder: string): unknown => {
  if (typeof space !== 'string' || !isSpaceFile(space)) return space;
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
  return isSpaceFile(space) ? readSpaceFile(space, folder) : { value: spaces.require(space, '/space').space, place: space };
};

/** Ends in a JSON pointer. */
export const pointerOf = (place: string): string => (place.includes('#') ? place : `${place}#`);

/** The space that was meant, checked: a network in the authors' format is one in which nothing is left to choose. Throws all problems. */
export const readSpace = ({ value, place }: SpaceSource): Space => {
  if (!isNetConfig(value)) return validateSpace(value, place);
  const [file = place] = place.split('#');
  const name = basename(file, extname(file)) || 'network';
  return validateSpace(readNetConfig(value, name, pointerOf(place)), place);
};
