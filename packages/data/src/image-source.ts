// Where the images of a split come from, as data that can be sent to another thread, and what loads them there.
import type { ImageShape, Raster } from './dataset.ts';

/** Images of one size, as bytes in memory that all threads see. */
export interface MemorySource extends ImageShape {
  readonly kind: 'memory';
  /** [count, H, W, C], over a SharedArrayBuffer. */
  readonly pixels: Uint8Array;
}

export type ImageSource = MemorySource;

/** Decodes image `index` at its own size. */
export type LoadImage = (index: number) => Raster | Promise<Raster>;

/** The pixels that it returns are a view, not a copy. */
export const openMemory = ({ height, width, channels, pixels }: MemorySource): LoadImage => {
  const size = height * width * channels;
  return (index) => {
    const start = index * size;
    if (!(start >= 0 && start < pixels.length)) throw new RangeError(`image ${index} of a split with ${pixels.length / size}`);
    return { height, width, channels, pixels: pixels.subarray(start, start + size) };
  };
};

/** Asynchronous because decoders are loaded where they are needed only. */
export const openSource = (source: ImageSource): Promise<LoadImage> => Promise.resolve(openMemory(source));
