// Prepared images of one split, as any thread reads them: from memory, from disk, or decoded.
import type { ImageCaches } from './cache/cache-budget.ts';
import { cachingOnDisk } from './cache/disk-cache.ts';
import { cachingInMemory } from './cache/memory-cache.ts';
import { openSource } from './image-source.ts';
import type { ImageSource, LoadImage } from './image-source.ts';
import { prepareImage } from './prepare-image.ts';
import type { Preparation } from './prepare-image.ts';

/** Can be sent to another thread. */
export interface ImageReader extends ImageCaches {
  readonly id: number;
  readonly source: ImageSource;
  /** Images as they are when undefined. */
  readonly preparation: Preparation | undefined;
}

/** Synchronous where `load` is. */
export const preparing =
  (load: LoadImage, preparation: Preparation | undefined): LoadImage =>
  (index) => {
    const loaded = load(index);
    if (!preparation) return loaded;
    return loaded instanceof Promise ? loaded.then((image) => prepareImage(image, preparation)) : prepareImage(loaded, preparation);
  };

export const openReader = async ({ source, preparation, memory, disk }: ImageReader): Promise<LoadImage> => {
  const load = preparing(await openSource(source), preparation);
  const fromDisk = disk ? cachingOnDisk(load, disk) : load;
  return memory ? cachingInMemory(fromDisk, memory) : fromDisk;
};
