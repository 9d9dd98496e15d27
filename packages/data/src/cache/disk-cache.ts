// Decoded images on disk, for later epochs and runs: one sparse file for the images of a split as they are needed, in which each
// has its place. An entry has a checksum, so that one that was never written, was cut off, or was damaged is the same to a reader:
// not there, and made again. That is why entries need no temporary names.
import { constants, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Raster } from '../dataset.ts';
import type { LoadImage } from '../image-source.ts';

/** Checksum of the rest, height, width (4 bytes each), before the pixels. */
const headerBytes = 12;

/** Can be sent to another thread. */
export interface DiskCache {
  readonly path: string;
  readonly channels: number;
  /** Where each entry begins, and the last one ends, [kept + 1]; images beyond them are not kept. */
  readonly offsets: Float64Array;
}

/** Makes the file where it is not there. */
export const openCacheFile = (path: string): number => openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);

/** What an image of so many bytes takes. */
export const diskEntryBytes = (pixelBytes: number): number => headerBytes + pixelBytes;

const read = (file: number, { offsets, channels }: DiskCache, index: number): Raster | undefined => {
  const bytes = new Uint8Array(offsets[index + 1]! - offsets[index]!);
  if (readSync(file, bytes, 0, bytes.length, offsets[index]!) < bytes.length) return undefined;
  const [checksum, height, width] = new Uint32Array(bytes.buffer, 0, 3);
  // Where nothing was written all is 0, and the checksum of that is not.
  if (crc32(bytes.subarray(4)) !== checksum || height! * width! * channels !== bytes.length - headerBytes) return undefined;
  return { height: height!, width: width!, channels, pixels: bytes.subarray(headerBytes) };
};

const write = (file: number, { offsets }: DiskCache, index: number, { height, width, pixels }: Raster): void => {
  const bytes = new Uint8Array(headerBytes + pixels.length);
  if (bytes.length !== offsets[index + 1]! - offsets[index]!) return; // the file is another one by now
  new Uint32Array(bytes.buffer, 4, 2).set([height, width]);
  bytes.set(pixels, headerBytes);
  new Uint32Array(bytes.buffer, 0, 1)[0] = crc32(bytes.subarray(4));
  writeSync(file, bytes, 0, bytes.length, offsets[index]!);
};

/** A disk that cannot be written to, or is full, keeps nothing more: that costs time only. */
export const cachingOnDisk = (load: LoadImage, cache: DiskCache): LoadImage => {
  const file = openCacheFile(cache.path);
  let writable = true;
  const kept = cache.offsets.length - 1;
  return (index) => {
    if (index >= kept) return load(index);
    const found = read(file, cache, index);
    if (found) return found;
    const keep = (image: Raster): Raster => {
      try {
        if (writable) write(file, cache, index, image);
      } catch {
        writable = false;
      }
      return image;
    };
    const loaded = load(index);
    return loaded instanceof Promise ? loaded.then(keep) : keep(loaded);
  };
};
