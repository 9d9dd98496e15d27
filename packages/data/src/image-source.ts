// Where the images of a split come from, as data that can be sent to another thread, and what loads them there.
import type { ImageShape, Raster } from './dataset.ts';
import type { MemoryCache } from './cache/memory-cache.ts';
import type { FileTable } from './image-folder/file-table.ts';

/** Images of one size, as bytes in memory that all threads see. */
export interface MemorySource extends ImageShape {
  readonly kind: 'memory';
  /** [count, H, W, C], over a SharedArrayBuffer. */
  readonly pixels: Uint8Array;
}

/** Files that are decoded one by one: those of the table from `first` on. */
export interface FilesSource {
  readonly kind: 'files';
  readonly table: FileTable;
  readonly first: number;
  readonly count: number;
  /** What is decoded: luminance or sRGB. */
  readonly channels: 1 | 3;
  /** All images are grey: the first of three equal channels is the image. */
  readonly narrow: boolean;
  /** Heights and widths of the decoded images, [2 * count]. */
  readonly sizes: Uint32Array;
  /** Hash over the contents of the files in order. */
  readonly contentHash: string;
  /** What the first look at the files has decoded already, by the index in the table. */
  readonly kept?: MemoryCache;
}

export type ImageSource = MemorySource | FilesSource;

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

/** The decoder is loaded where there is something to decode. */
export const openSource = async (source: ImageSource): Promise<LoadImage> => {
  if (source.kind === 'memory') return openMemory(source);
  const { openFiles } = await import('./image-folder/open-files.ts');
  return openFiles(source);
};
