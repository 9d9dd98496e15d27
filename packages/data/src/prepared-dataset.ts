// A data set as a network gets it: every image at one size, normalised, in batches.
import type { Dataset, ImageShape, Normalisation, Split } from './dataset.ts';
import { normalisationTable } from './normalisation.ts';
import { preparationFor } from './prepare-image.ts';
import type { ImageUse } from './prepare-image.ts';
import type { Resolution } from './transform/image-transform.ts';
import { imageItem } from './workers/image-job.ts';

export interface PreparedSplit extends ImageShape {
  readonly count: number;
  /** Class of each image, [count]. */
  readonly labels: Uint16Array;
  /** How many batches are worth preparing before they are asked for. */
  readonly ahead: number;
  /**
   * Images `indices` as [N, H, W, C]: a function of the arguments alone, whatever was asked before and whoever does the work.
   * Errors: what loading an image throws.
   */
  images(indices: Uint32Array, normalisation: Normalisation, use: ImageUse): Promise<Float32Array>;
}

export interface PreparedDataset extends Omit<Dataset, 'train' | 'test'> {
  readonly train: PreparedSplit;
  readonly test: PreparedSplit;
}

export interface PreparationOptions extends Resolution {
  /** Evaluation resizes the shorter side to size / cropShare and cuts the centre out; 1 (all that fits) when absent. */
  readonly cropShare?: number;
}

/** A subset of a split, by index: what training, arch-validation and scoring each draw from. */
export interface Subset {
  readonly split: PreparedSplit;
  readonly indices: Uint32Array;
}

export const prepareSplit = (split: Split, { height, width, cropShare = 1 }: PreparationOptions): PreparedSplit => {
  const { count, labels, channels } = split;
  const output: ImageShape = { height, width, channels };
  const load = (index: number) => split.load(index);
  return {
    ...output,
    count,
    labels,
    ahead: 1,
    async images(indices, normalisation, use) {
      const into = new Float32Array(indices.length * height * width * channels);
      const preparation = preparationFor(use, output, cropShare);
      const item = imageItem({ indices, use, preparation, output, table: normalisationTable(normalisation), into }, load);
      for (let position = 0; position < indices.length; position++) await item(position);
      return into;
    },
  };
};

export const prepareDataset = (dataset: Dataset, options: PreparationOptions): PreparedDataset => ({
  ...dataset,
  height: options.height,
  width: options.width,
  train: prepareSplit(dataset.train, options),
  test: prepareSplit(dataset.test, options),
});

/** All images of a split, in order. */
export const wholeSplit = (split: PreparedSplit): Subset => ({
  split,
  indices: Uint32Array.from({ length: split.count }, (_, index) => index),
});
