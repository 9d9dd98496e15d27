// The job of putting images into a batch: what is sent to a thread, and what it does with each image.
import type { ImageShape, Raster } from '../dataset.ts';
import type { LoadImage } from '../image-source.ts';
import type { ImageUse } from '../prepare-image.ts';
import { applyTransform } from '../transform/apply-transform.ts';
import { drawTransform } from '../transform/draw-transform.ts';
import { evaluationTransform } from '../transform/evaluation-transform.ts';
import type { ImageTransform } from '../transform/image-transform.ts';

export interface ImageJob {
  readonly indices: Uint32Array;
  readonly use: ImageUse;
  /** [H, W, C] of the batch. */
  readonly output: ImageShape;
  /** Normalised value of each byte, [C, 256]. */
  readonly table: Float32Array;
  /** [indices, H, W, C] */
  readonly into: Float32Array;
}

/** Of a prepared image: its part of the evaluation transform is done. */
const transformOf = (use: ImageUse, image: Raster, output: ImageShape, index: number): ImageTransform => {
  if (use.kind === 'evaluation') return evaluationTransform(1, image, output);
  const { augmentation, seed, stream, epoch } = use;
  return drawTransform(augmentation, image, output, { seed, stream: `${stream}.augment`, epoch, index });
};

/** Puts the image at `position` of the batch into its place; synchronous where loading is. */
export const imageItem = (job: ImageJob, loadPrepared: LoadImage): ((position: number) => void | Promise<void>) => {
  const { indices, use, output, table, into } = job;
  const size = output.height * output.width * output.channels;
  return (position) => {
    const index = indices[position]!;
    const write = (image: Raster): void =>
      applyTransform(image, transformOf(use, image, output, index), output, table, into, position * size);
    const loaded = loadPrepared(index);
    return loaded instanceof Promise ? loaded.then(write) : write(loaded);
  };
};
