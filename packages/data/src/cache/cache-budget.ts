// Who gets how much of the cache: readers of a run in the order in which they come, on disk at the cost of what earlier runs kept.
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { writeFailure } from '@nasc/files';
import type { FilesSource, ImageSource } from '../image-source.ts';
import type { Preparation } from '../prepare-image.ts';
import { diskEntryBytes, openCacheFile } from './disk-cache.ts';
import type { DiskCache } from './disk-cache.ts';
import { createMemoryCache, memoryEntryBytes } from './memory-cache.ts';
import type { MemoryCache } from './memory-cache.ts';

export interface CacheOptions {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly folder: string;
}

export interface ImageCaches {
  readonly memory?: MemoryCache;
  readonly disk?: DiskCache;
}

const ending = '.images';

/** Bytes of the pixels of image `index` as the reader gives them. */
const pixelBytesOf = (
  source: ImageSource,
  preparation: Preparation | undefined,
): { count: number; channels: number; of(index: number): number } => {
  if (source.kind === 'memory') {
    const { height, width, channels, pixels } = source;
    const bytes = (preparation ?? source).height * (preparation ?? source).width * channels;
    return { count: pixels.length / (height * width * channels), channels, of: () => bytes };
  }
  const channels = source.narrow ? 1 : source.channels;
  const { sizes, count } = source;
  if (!preparation) return { count, channels, of: (index) => sizes[2 * index]! * sizes[2 * index + 1]! * channels };
  return { count, channels, of: () => preparation.height * preparation.width * channels };
};

/** Removes what was used longest ago until `bytes` are left under the limit; `own` stays. */
const makeRoom = (folder: string, own: ReadonlySet<string>, limit: number): void => {
  const others = readdirSync(folder)
    .filter((name) => name.endsWith(ending) && !own.has(name))
    .map((name) => ({ name, ...statOf(join(folder, name)) }))
    .toSorted((a, b) => b.usedMs - a.usedMs);
  let total = 0;
  for (const { name, bytes } of others) {
    total += bytes;
    if (total > limit) rmSync(join(folder, name), { force: true });
  }
};

/** Files are sparse: blocks are what they really take. */
const statOf = (path: string): { readonly bytes: number; readonly usedMs: number } => {
  const { blocks, mtimeMs } = statSync(path);
  return { bytes: 512 * blocks, usedMs: mtimeMs };
};

/** Whether a reader gives nothing but what is in memory already. */
const isThere = (source: ImageSource, preparation: Preparation | undefined): boolean => {
  if (source.kind === 'memory') return !preparation;
  if (!source.kept || !preparation) return source.kept !== undefined;
  const { height, width, cropShare } = preparation;
  return cropShare === 1 && source.sizes.every((size, i) => size === (i % 2 === 0 ? height : width));
};

export interface CacheBudget {
  readersShare(source: ImageSource, preparation: Preparation | undefined): ImageCaches;
  /** Memory for `count` images, `bytes` in all; undefined where there is not that much left. */
  memory(count: number, channels: number, bytes: number): MemoryCache | undefined;
}

export const createCacheBudget = ({ memoryBytes, diskBytes, folder }: CacheOptions): CacheBudget => {
  let memoryLeft = memoryBytes;
  let diskLeft = diskBytes;
  const own = new Set<string>();

  const onDisk = (source: FilesSource, preparation: Preparation | undefined): DiskCache | undefined => {
    const { count, channels, of } = pixelBytesOf(source, preparation);
    const offsets = new Float64Array(new SharedArrayBuffer(8 * (count + 1)));
    let kept = 0;
    for (; kept < count; kept++) {
      const end = offsets[kept]! + diskEntryBytes(of(kept));
      if (end > diskLeft) break;
      offsets[kept + 1] = end;
    }
    if (kept === 0) return undefined;
    const key = JSON.stringify([source.contentHash, channels, source.channels, preparation ?? null]);
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32) + ending;
    const path = join(folder, name);
    try {
      mkdirSync(folder, { recursive: true });
      own.add(name);
      diskLeft -= offsets[kept]!;
      makeRoom(folder, own, diskLeft);
      closeSync(openCacheFile(path));
      const now = new Date();
      utimesSync(path, now, now);
    } catch (cause) {
      throw writeFailure(cause, { what: 'decoded images', path }) ?? cause;
    }
    return { path, channels, offsets: offsets.subarray(0, kept + 1) };
  };

  const inMemory = (source: ImageSource, preparation: Preparation | undefined): MemoryCache | undefined => {
    const { count, channels, of } = pixelBytesOf(source, preparation);
    let wanted = 0;
    for (let index = 0; index < count && wanted < memoryLeft; index++) wanted += memoryEntryBytes(of(index));
    const bytes = Math.min(wanted, memoryLeft);
    if (bytes === 0) return undefined;
    memoryLeft -= bytes;
    return createMemoryCache(count, channels, bytes);
  };

  return {
    readersShare(source, preparation) {
      const memory = isThere(source, preparation) ? undefined : inMemory(source, preparation);
      const disk = source.kind === 'files' ? onDisk(source, preparation) : undefined;
      return { ...(memory && { memory }), ...(disk && { disk }) };
    },
    memory(count, channels, bytes) {
      if (bytes > memoryLeft) return undefined;
      memoryLeft -= bytes;
      return createMemoryCache(count, channels, bytes);
    },
  };
};
