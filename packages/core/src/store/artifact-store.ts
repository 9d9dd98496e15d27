// Content-addressed artifacts in a folder (`.nasc`): `artifacts/<kind>/<hash>/...` holds them, `keys/<key>.json` says
// which artifact a key once gave and what was consulted on the way.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactKind, Artifacts } from '../artifacts.ts';
import { sha256 } from '../sha256.ts';
import type { Consulted } from '../plugins/tracked-registry.ts';
import { decodeArtifact, encodeArtifact } from './codec.ts';
import type { FileSet } from './codec.ts';

export interface StoredArtifact<K extends ArtifactKind> {
  readonly kind: K;
  readonly hash: string;
  readonly value: Artifacts[K];
}

export interface KeyRecord {
  readonly hash: string;
  readonly consulted: Consulted;
}

export interface ArtifactStore {
  put<K extends ArtifactKind>(kind: K, value: Artifacts[K]): Promise<StoredArtifact<K>>;
  /** Undefined when it is not there; `damaged` is called where its content is not what its name promises. */
  get<K extends ArtifactKind>(kind: K, hash: string, damaged: (path: string) => void): Promise<StoredArtifact<K> | undefined>;
  records(key: string): Promise<readonly KeyRecord[]>;
  remember(key: string, record: KeyRecord): Promise<void>;
}

const hashOf = (files: FileSet): string =>
  sha256(
    [...files]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, bytes]) => `${name}\0${sha256(bytes)}\n`)
      .join(''),
  ).slice(0, 32);

const writeAtomically = async (path: string, content: string): Promise<void> => {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content);
  await rename(temporary, path);
};

const readFolder = async (folder: string, prefix = ''): Promise<Map<string, Uint8Array>> => {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const name = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) for (const [inner, bytes] of await readFolder(folder, name)) files.set(inner, bytes);
    else files.set(name, await readFile(join(folder, name)));
  }
  return files;
};

const missing = (cause: unknown) => (cause as NodeJS.ErrnoException).code === 'ENOENT';

export const openArtifactStore = (folder: string): ArtifactStore => {
  const artifactFolder = (kind: string, hash: string) => join(folder, 'artifacts', kind, hash);
  const keyFile = (key: string) => join(folder, 'keys', `${key}.json`);

  const records = async (key: string): Promise<readonly KeyRecord[]> => {
    try {
      return JSON.parse(await readFile(keyFile(key), 'utf8')) as KeyRecord[];
    } catch (cause) {
      if (missing(cause) || cause instanceof SyntaxError) return []; // a damaged index only means doing the work again
      throw cause;
    }
  };

  return {
    async put(kind, value) {
      const files = encodeArtifact(value);
      const hash = hashOf(files);
      const place = artifactFolder(kind, hash);
      const temporary = `${place}.${randomUUID()}`;
      for (const [name, bytes] of files) {
        await mkdir(dirname(join(temporary, name)), { recursive: true });
        await writeFile(join(temporary, name), bytes);
      }
      await rename(temporary, place).catch(async (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
        // The same hash is there already; a damaged one is replaced.
        await rm(place, { recursive: true });
        await rename(temporary, place);
      });
      return { kind, hash, value };
    },
    async get<K extends ArtifactKind>(kind: K, hash: string, damaged: (path: string) => void) {
      const place = artifactFolder(kind, hash);
      try {
        const files = await readFolder(place);
        if (hashOf(files) === hash) return { kind, hash, value: decodeArtifact(files) as Artifacts[K] };
      } catch (cause) {
        if (missing(cause)) return undefined;
        throw cause;
      }
      damaged(place);
      return undefined;
    },
    records,
    async remember(key, record) {
      await mkdir(join(folder, 'keys'), { recursive: true });
      const others = (await records(key)).filter(
        ({ hash, consulted }) => hash !== record.hash || JSON.stringify(consulted) !== JSON.stringify(record.consulted),
      );
      await writeAtomically(keyFile(key), `${JSON.stringify([record, ...others].slice(0, 16), undefined, 1)}\n`);
    },
  };
};
