// What is meant by the argument of `nasc inspect`: a named space, a file (config, space, net.config, graph, ONNX model), a stored artifact, or
// the config's own space.
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import type { LoadedConfig } from '@nasc/config';
import { parseJson } from '@nasc/config';
import { openArtifactStore } from '@nasc/core';
import type { ArtifactKind, Registry, SearchSpaceArtifact } from '@nasc/core';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { readSpaceSource } from '@nasc/expand';
import type { SpaceSource } from '@nasc/expand';
import { readGraph } from '@nasc/ir';
import type { Graph } from '@nasc/ir';
import type { ImageSize } from '../../arguments/image-size.ts';
import { messages } from '../../messages.ts';
import { loadConfig } from '../../library/load-config.ts';
import { expandNamedSpace } from '../../library/named-space.ts';

export interface Subject {
  readonly name: string;
  readonly graph?: Graph;
  readonly artifact?: { readonly kind: string; readonly hash: string };
  /** What an artifact holds besides its graph and the costs of its nodes, which are shown with the graph. */
  readonly rest?: Readonly<Record<string, unknown>>;
}

export interface SubjectContext {
  readonly folder: string;
  readonly loaded: LoadedConfig | undefined;
  readonly registry: Registry;
  readonly size: ImageSize;
  /** A config's space, expanded for its data set. */
  readonly expandConfig: (loaded: LoadedConfig) => Promise<SearchSpaceArtifact>;
}

const fromSpace = (source: SpaceSource, { registry, size }: SubjectContext): Subject => {
  const { name, graph } = expandNamedSpace(source, size, registry);
  return { name, graph };
};

const fromConfig = async (loaded: LoadedConfig, { expandConfig }: SubjectContext): Promise<Subject> => {
  const { name, graph } = await expandConfig(loaded);
  return { name, graph };
};

const fromArtifact = async (folder: string): Promise<Subject> => {
  const hash = basename(folder);
  const kind = basename(dirname(folder));
  const store = openArtifactStore(resolve(folder, '..', '..', '..'));
  let damaged = false;
  const found = await store.get(kind as ArtifactKind, hash, () => {
    damaged = true;
  });
  if (!found) throw new DiagnosticError([messages.artifactUnreadable(folder, damaged)]);
  const { graph, costs: _costs, ...rest } = found.value as { readonly graph?: Graph; readonly costs?: unknown };
  return { name: `${kind} ${hash}`, artifact: { kind, hash }, rest, ...(graph && { graph }) };
};

/** Lists and objects among the file's metadata are JSON. */
const readable = (text: string): unknown => {
  try {
    return /^[[{]/.test(text) ? JSON.parse(text) : text;
  } catch {
    return text;
  }
};

const fromOnnx = async (bytes: Uint8Array, { registry }: SubjectContext): Promise<Subject> => {
  const { readOnnx } = await import('@nasc/onnx');
  const { graph, name, opset, dynamicBatch, metadata } = readOnnx(bytes, registry.ops);
  const parsed = Object.fromEntries(Object.entries(metadata).map(([key, text]) => [key, readable(text)]));
  return { name, graph, rest: { opset, dynamicBatch, metadata: parsed } };
};

const fromFile = async (path: string, context: SubjectContext): Promise<Subject> => {
  const shown = relative(context.folder, path) || path;
  if (!['.json', '.config', '.onnx'].includes(extname(path)))
    return fromConfig(await loadConfig(path, { folder: context.folder }), context);
  const bytes = await readFile(path).catch((cause: unknown) => {
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([messages.fileUnreadable(shown, reason)], { cause });
  });
  if (extname(path) === '.onnx') return fromOnnx(bytes, context);
  const value = parseJson(bytes.toString('utf8'), shown);
  const has = (key: string) => typeof value === 'object' && value !== null && key in value;
  if (has('task')) return fromConfig(await loadConfig(path, { folder: context.folder }), context);
  if (has('nodes')) return { name: basename(path, '.json'), graph: readGraph(value, shown) };
  if (has('stages') || has('stem') || has('extends') || has('first_conv'))
    return fromSpace({ value, place: shown, folder: dirname(path) }, context);
  throw new DiagnosticError([messages.unreadableFile(shown)]);
};

const entries = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

/** `KIND HASH` of a stored artifact, and its folder. */
interface StoredFolder {
  readonly kind: string;
  readonly hash: string;
  readonly folder: string;
}

const listStored = async ({ folder, loaded }: SubjectContext): Promise<readonly StoredFolder[]> => {
  const root = loaded ? resolve(loaded.folder, loaded.config.cacheDir, 'artifacts') : resolve(folder, '.nasc', 'artifacts');
  const found: StoredFolder[] = [];
  for (const kind of (await entries(root)).toSorted()) {
    for (const hash of (await entries(resolve(root, kind))).toSorted()) {
      // A name with more than the hash is a write that was interrupted.
      if (!hash.includes('.')) found.push({ kind, hash, folder: resolve(root, kind, hash) });
    }
  }
  return found;
};

const isSpaceName = (what: string, { registry }: SubjectContext): boolean => registry.spaces.names().includes(what);

/** Throws INSPECT_... where nothing, or more than one thing, is meant; and whatever is wrong with what is meant. */
export const findSubject = async (what: string | undefined, context: SubjectContext): Promise<Subject> => {
  const { folder, loaded, registry } = context;
  if (what === undefined) {
    if (!loaded) throw new DiagnosticError([messages.nothingNamed(registry.spaces.names())]);
    return fromConfig(loaded, context);
  }
  if (isSpaceName(what, context)) return fromSpace(readSpaceSource(what, folder, registry.spaces), context);

  const path = resolve(folder, what);
  const found = await stat(path).catch(() => undefined); // not there: it may still be a hash
  if (found?.isFile()) return fromFile(path, context);
  if (found?.isDirectory()) {
    if ((await entries(path)).includes('artifact.json')) return fromArtifact(path);
    return fromConfig(await loadConfig(path, { folder }), context);
  }
  const stored = await listStored(context);
  const [first, ...others] = /^[\da-f]{4,}$/.test(what) ? stored.filter(({ hash }) => hash.startsWith(what)) : [];
  if (!first) throw new DiagnosticError([messages.nothingToInspect(what, registry.spaces.names(), stored)]);
  if (others.length > 0) throw new DiagnosticError([messages.ambiguousHash(what, [first, ...others])]);
  return fromArtifact(first.folder);
};
