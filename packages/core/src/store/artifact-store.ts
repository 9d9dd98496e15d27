// Content-addressed artifacts in a folder (`.nasc`): `artifacts/<kind>/<hash>/...` holds them, `keys/<key>.json` says
// which artifact a key once gave and what was consulted on the way.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder, writeFileAtomically, writeFolderAtomically } from '@nasc/files';
import type { ArtifactKind, Artifacts } from '../artifacts.ts';
import type { Consulted } from '../plugins/tracked-registry.ts';
import { decodeArtifact, encodeArtifact } from './codec.ts';
import { hashOf, readContentFolder } from './content-folder.ts';

export interface StoredArtifact<K extends ArtifactKind> {
  readonly kind: K;
  readonly hash: string;
  readonly value: Artifacts[K];
}

export interface KeyRecord {
  readonly hash: string;
  /** The how manieth artifact it is that was made with this key. */
  readonly making: number;
  readonly consulted: Consulted;
  /** What making it took, in all runs that worked on it. */
  readonly elapsedMs: number;
}

/** An artifact, and what making it took. */
export interface MadeArtifact extends StoredArtifact<ArtifactKind> {
  readonly madeInMs: number;
}

export interface ArtifactStore {
  /** `value` is what a later run would read, so that nothing depends on whether there was one. Errors: DISK_FULL, WRITE_FAILED. */
  put<K extends ArtifactKind>(kind: K, value: Artifacts[K]): Promise<StoredArtifact<K>>;
  /** Undefined when it is not there; `damaged` is called where its content is not what its name promises. */
  get<K extends ArtifactKind>(kind: K, hash: string, damaged: (path: string) => void): Promise<StoredArtifact<K> | undefined>;
  records(key: string): Promise<readonly KeyRecord[]>;
  remember(key: string, record: KeyRecord): Promise<void>;
}

/** What is in the file, or nothing: a damaged index only means doing the work again. */
const parseRecords = (text: string): readonly KeyRecord[] => {
  try {
    const records: unknown = JSON.parse(text);
    return Array.isArray(records) ? (records as KeyRecord[]) : [];
  } catch (cause) {
    if (cause instanceof SyntaxError) return [];
    throw cause;
  }
};

/** More results of one key than this are not remembered: each stands for other plugins that were consulted. */
const mostRecords = 16;

export const openArtifactStore = (folder: string): ArtifactStore => {
  const artifactFolder = (kind: string, hash: string) => join(folder, 'artifacts', kind, hash);
  const keyFile = (key: string) => join(folder, 'keys', `${key}.json`);

  const records = async (key: string): Promise<readonly KeyRecord[]> => {
    try {
      return parseRecords(await readFile(keyFile(key), 'utf8'));
    } catch (cause) {
      if (['ENOENT', 'ENOTDIR'].includes(String((cause as NodeJS.ErrnoException).code))) return [];
      throw cause;
    }
  };

  return {
    async put<K extends ArtifactKind>(kind: K, made: Artifacts[K]) {
      const files = encodeArtifact(made);
      const hash = hashOf(files);
      const place = artifactFolder(kind, hash);
      // Whoever else stores the same content now makes the same folder; what is damaged gives way.
      while (typeof (await readContentFolder(place, hash)) === 'string') {
        if (await writeFolderAtomically(place, files, `the artifact ${kind}`)) break;
        if (typeof (await readContentFolder(place, hash)) === 'string') await removeFolder(place);
      }
      return { kind, hash, value: decodeArtifact(files) as Artifacts[K] };
    },
    async get<K extends ArtifactKind>(kind: K, hash: string, damaged: (path: string) => void) {
      const place = artifactFolder(kind, hash);
      const files = await readContentFolder(place, hash);
      if (typeof files !== 'string') return { kind, hash, value: decodeArtifact(files) as Artifacts[K] };
      if (files === 'damaged') damaged(place);
      return undefined;
    },
    records,
    async remember(key, record) {
      const others = (await records(key)).filter(
        ({ hash, consulted }) => hash !== record.hash || JSON.stringify(consulted) !== JSON.stringify(record.consulted),
      );
      const text = JSON.stringify([record, ...others].slice(0, mostRecords), undefined, 1);
      await writeFileAtomically(keyFile(key), `${text}\n`, 'an entry of the store');
    },
  };
};
