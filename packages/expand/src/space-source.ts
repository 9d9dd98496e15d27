// Where the space comes from: a named one, a JSON file (a space, or a network in the format of ProxylessNAS's authors), or the config
// itself; and what it extends.
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { isSpaceFile, locateIn, parseJson, validateSpace } from '@nasc/config';
import type { Config, Locate, Space } from '@nasc/config';
import type { Registry } from '@nasc/core';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { isNetConfig, readNetConfig } from '@nasc/net-config';
import { messages } from './messages.ts';

/** A space as it was written. */
export interface SpaceSource {
  readonly value: unknown;
  /** Its name or file, for diagnostics: what JSON pointers are appended to. */
  readonly place: string;
  /** Folder that paths in it start from; absent where it is a plugin's, which extends named spaces only. */
  readonly folder?: string;
}

/** A space that stands for itself. */
export interface ResolvedSpace {
  readonly space: Space;
  /** Where a JSON pointer into it stands: in the space, or in one that it extends. */
  readonly locate: Locate;
}

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);
const baseOf = (value: unknown): string | undefined =>
  isValues(value) && typeof value['extends'] === 'string' ? value['extends'] : undefined;

/** Contents of the files that a space is read from, from the first on. */
const fileContents = (space: unknown, folder: string): readonly string[] => {
  const contents = new Map<string, string>();
  let [next, from]: [unknown, string] = typeof space === 'string' ? [space, folder] : [baseOf(space), folder];
  while (typeof next === 'string' && isSpaceFile(next)) {
    const path = resolve(from, next);
    if (contents.has(path)) break;
    try {
      const content = readFileSync(path, 'utf8');
      contents.set(path, content);
      [next, from] = [baseOf(JSON.parse(content)), dirname(path)];
    } catch {
      break; // told with its place when the space is read
    }
  }
  return [...contents.values()];
};

/** The part of the config that names the space, with the content of all files that it is read from: what a key depends on. */
export const spaceKey = (space: Config['space'], folder: string): unknown => ({ space, files: fileContents(space, folder) });

const readSpaceFile = (path: string, folder: string, at: string): string => {
  try {
    return readFileSync(resolve(folder, path), 'utf8');
  } catch (cause) {
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([messages.fileNotRead(path, reason, at)], { cause });
  }
};

/** What a name or a path stands for. `at` is where it is asked for, `place` what a file is called in diagnostics. */
const findSource = (named: string, from: string | undefined, spaces: Registry['spaces'], at: string, place: string): SpaceSource => {
  if (from === undefined || !isSpaceFile(named)) return { value: spaces.require(named, at).space, place: named };
  return { value: parseJson(readSpaceFile(named, from, at), place), place, folder: dirname(resolve(from, named)) };
};

/** The config's space. Paths start from `folder`. */
export const readSpaceSource = (space: Config['space'], folder: string, spaces: Registry['spaces']): SpaceSource =>
  typeof space === 'string' ? findSource(space, folder, spaces, '/space', space) : { value: space, place: '#/space', folder };

/** A network in the authors' format is a space of which every candidate is chosen. */
const asSpace = (source: SpaceSource): SpaceSource => {
  const { value, place } = source;
  if (!isNetConfig(value)) return source;
  const [file = place] = place.split('#');
  return { ...source, value: readNetConfig(value, basename(file, extname(file)) || 'network', locateIn(place)('/').slice(0, -1)) };
};

/** The space, what it extends, what that extends, and so on. */
const layersOf = (first: SpaceSource, spaces: Registry['spaces']): readonly SpaceSource[] => {
  const layers = [asSpace(first)];
  for (let last = layers[0]!, base = baseOf(last.value); base !== undefined; base = baseOf(last.value)) {
    const at = locateIn(last.place)('/extends');
    const isBeside = isSpaceFile(base) && !isAbsolute(base) && !last.place.includes('#');
    const next = asSpace(findSource(base, last.folder, spaces, at, isBeside ? join(dirname(last.place), base) : base));
    const repeated = layers.findIndex(({ place, folder }) => join(place) === join(next.place) && folder === next.folder);
    layers.push(next);
    if (repeated >= 0)
      throw new DiagnosticError([
        messages.extendsItself(
          layers.slice(repeated).map(({ place }) => place),
          at,
        ),
      ]);
    last = next;
  }
  return layers;
};

/** What `own` says, joined with what `base` says: objects key by key, everything else as `own` has it. */
const joinValues = (own: Values, base: Values): Values => {
  const joined = Object.entries(own).map(([key, value]) => {
    const other = base[key];
    return [key, isValues(value) && isValues(other) ? { ...other, ...value } : value];
  });
  return { ...base, ...Object.fromEntries(joined) };
};

/**
 * The space with what it extends in it, checked; each space that is extended has to be whole. Throws SPACE_EXTENDS_ITSELF,
 * SPACE_FILE_NOT_READ, UNKNOWN_NAME, and every CONFIG_... problem of one of them.
 */
export const resolveSpace = (source: SpaceSource, spaces: Registry['spaces']): ResolvedSpace => {
  const layers = layersOf(source, spaces);
  const joined = layers.map((_, index) =>
    layers.slice(index).reduceRight<unknown>((base, { value }) => {
      if (!isValues(value) || !isValues(base)) return value;
      const { extends: _base, ...own } = value;
      return joinValues(baseOf(value) === undefined ? value : own, base);
    }, {}),
  );
  const locate = (first: number): Locate => {
    return (pointer) => {
      const [, key = '', inner = ''] = pointer.split('/');
      const says = ({ value }: SpaceSource) => {
        const own = isValues(value) ? value[key] : undefined;
        return isValues(own) && inner !== '' ? Object.hasOwn(own, inner) : own !== undefined;
      };
      return locateIn((layers.slice(first).find(says) ?? layers[first]!).place)(pointer);
    };
  };
  // The last first: what is wrong in a base is told where it stands, and once.
  const spacesOfLayers = layers
    .map((_, index) => index)
    .toReversed()
    .map((index) => validateSpace(joined[index], locate(index)));
  return { space: spacesOfLayers.at(-1)!, locate: locate(0) };
};
