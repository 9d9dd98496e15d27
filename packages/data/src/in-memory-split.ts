// A split whose images are all held as bytes.
import type { ImageShape, Split, Subset } from './dataset.ts';

export interface InMemorySplit extends Split {
  /** [count, H, W, C] */
  readonly pixels: Uint8Array;
}

/** Wraps `pixels` ([count, H, W, C], not copied) and `labels` ([count]). */
export const inMemorySplit = (shape: ImageShape, pixels: Uint8Array, labels: Uint16Array): InMemorySplit => {
  const { height, width, channels } = shape;
  const size = height * width * channels;
  if (pixels.length !== labels.length * size) throw new RangeError(`${labels.length} images of ${size} bytes, but ${pixels.length} bytes`);
  return {
    height,
    width,
    channels,
    count: labels.length,
    labels,
    pixels,
    read(indices, into) {
      for (let i = 0; i < indices.length; i++) {
        const start = indices[i]! * size;
        if (start >= pixels.length) throw new RangeError(`image ${indices[i]} of a split with ${labels.length}`);
        into.set(pixels.subarray(start, start + size), i * size);
      }
    },
  };
};

/** All images of a split, in order. */
export const wholeSplit = (split: Split): Subset => ({ split, indices: Uint32Array.from({ length: split.count }, (_, index) => index) });
