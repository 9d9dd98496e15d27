// Decoded images in memory that all threads of a run share. First come, first kept: epochs go through all images alike, so that
// throwing out what was used longest ago would throw out exactly what is needed next.
import type { Raster } from '../dataset.ts';
import type { LoadImage } from '../image-source.ts';

const lineBytes = 64;
/** Height and width, before the pixels. */
const headerBytes = 8;

/** Can be sent to another thread. */
export interface MemoryCache {
  readonly channels: number;
  /** Of each image: 0 when it is not there, 1 + its first line when it is, -1 while it is being put there or there is no room. */
  readonly states: Int32Array;
  readonly arena: Uint8Array;
  /** [lines that are used] */
  readonly cursor: Int32Array;
}

const linesOf = (pixelBytes: number): number => Math.ceil((headerBytes + pixelBytes) / lineBytes);

/** What an image of so many bytes takes. */
export const memoryEntryBytes = (pixelBytes: number): number => linesOf(pixelBytes) * lineBytes;

/** For `count` images and at most `bytes`; memory is taken from the system when it is filled. */
export const createMemoryCache = (count: number, channels: number, bytes: number): MemoryCache => ({
  channels,
  states: new Int32Array(new SharedArrayBuffer(4 * count)),
  arena: new Uint8Array(new SharedArrayBuffer(Math.floor(bytes / lineBytes) * lineBytes)),
  cursor: new Int32Array(new SharedArrayBuffer(4)),
});

/** A view of the cache: not to be written to. */
export const findInMemory = ({ states, arena, channels }: MemoryCache, index: number): Raster | undefined => {
  const state = Atomics.load(states, index);
  if (state <= 0) return undefined;
  const start = (state - 1) * lineBytes;
  const [height, width] = new Uint32Array(arena.buffer, start, 2);
  const from = start + headerBytes;
  return { height: height!, width: width!, channels, pixels: arena.subarray(from, from + height! * width! * channels) };
};

export const keepInMemory = ({ states, arena, cursor }: MemoryCache, index: number, { height, width, pixels }: Raster): void => {
  const lines = linesOf(pixels.length);
  const room = arena.length / lineBytes;
  if (Atomics.load(cursor, 0) + lines > room) return;
  // Only one thread may write it; another one that decoded it at the same time has its own copy.
  if (Atomics.compareExchange(states, index, 0, -1) !== 0) return;
  const line = Atomics.add(cursor, 0, lines);
  if (line + lines > room) return;
  new Uint32Array(arena.buffer, line * lineBytes, 2).set([height, width]);
  arena.set(pixels, line * lineBytes + headerBytes);
  Atomics.store(states, index, line + 1);
};

/** Images that are not there are put there when they are loaded. */
export const cachingInMemory =
  (load: LoadImage, cache: MemoryCache): LoadImage =>
  (index) => {
    const found = findInMemory(cache, index);
    if (found) return found;
    const kept = (image: Raster): Raster => {
      keepInMemory(cache, index, image);
      return image;
    };
    const loaded = load(index);
    return loaded instanceof Promise ? loaded.then(kept) : kept(loaded);
  };
