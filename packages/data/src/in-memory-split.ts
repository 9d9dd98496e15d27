// A split whose images are all held as bytes.
import type { ImageShape, Split } from './dataset.ts';
import type { MemorySource } from './image-source.ts';
import { openMemory } from './image-source.ts';

export interface InMemorySplit extends Split, ImageShape {
  /** [count, H, W, C] */
  readonly pixels: Uint8Array;
}

/** Memory that worker threads see, too. */
const shared = (pixels: Uint8Array): Uint8Array => {
  if (pixels.buffer instanceof SharedArrayBuffer) return pixels;
  const copy = new Uint8Array(new SharedArrayBuffer(pixels.length));
  copy.set(pixels);
  return copy;
};

/** Takes `pixels` ([count, H, W, C]; copied unless they lie in shared memory) and `labels` ([count]). */
export const inMemorySplit = (shape: ImageShape, pixels: Uint8Array, labels: Uint16Array): InMemorySplit => {
  const { height, width, channels } = shape;
  const size = height * width * channels;
  if (pixels.length !== labels.length * size) throw new RangeError(`${labels.length} images of ${size} bytes, but ${pixels.length} bytes`);
  const source: MemorySource = { kind: 'memory', height, width, channels, pixels: shared(pixels) };
  return { height, width, channels, count: labels.length, labels, pixels: source.pixels, source, load: openMemory(source) };
};
