// A data set as a network gets it: every image at one size, normalised, in batches.
import type { Dataset, ImageShape, Normalisation, Split } from './dataset.ts';
import { preparing } from './image-reader.ts';
import type { ImageSource } from './image-source.ts';
import { normalisationTable } from './normalisation.ts';
import { preparationFor } from './prepare-image.ts';
import type { ImageUse, Preparation } from './prepare-image.ts';
import type { Resolution } from './transform/image-transform.ts';
import { inThread } from './workers/data-workers.ts';
import type { DataWorkers } from './workers/data-workers.ts';
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
  /** Threads that do the work; the one that asks when absent. */
  readonly workers?: DataWorkers;
}

/** A subset of a split, by index: what training, arch-validation and scoring each draw from. */
export interface Subset {
  readonly split: PreparedSplit;
  readonly indices: Uint32Array;
}

/** Batches that are prepared before they are asked for, where threads do it. */
const batchesAhead = 4;

/** Whether an image is nothing but looked up: that takes less time than telling another thread. */
const isCheap = (source: ImageSource, use: ImageUse, preparation: Preparation | undefined): boolean => {
  if (source.kind !== 'memory' || preparation?.cropShare !== 1) return false;
  if (source.height !== preparation.height || source.width !== preparation.width) return false;
  return use.kind === 'evaluation' || !use.augmentation.colourJitter;
};

export const prepareSplit = (split: Split, options: PreparationOptions): PreparedSplit => {
  const { count, labels, channels, source } = split;
  const { height, width, cropShare = 1, workers = inThread } = options;
  const output: ImageShape = { height, width, channels };
  const size = height * width * channels;
  return {
    ...output,
    count,
    labels,
    ahead: workers.count > 0 && source ? batchesAhead : 1,
    async images(indices, normalisation, use) {
      const preparation = preparationFor(use, output, cropShare);
      const job = { indices, use, output, table: normalisationTable(normalisation) };
      if (source && !isCheap(source, use, preparation)) {
        const into = new Float32Array(new SharedArrayBuffer(4 * indices.length * size));
        await workers.run({ kind: 'images', reader: workers.reader(source, preparation), ...job, into }, indices.length);
        return into;
      }
      const into = new Float32Array(indices.length * size);
      const item = imageItem(
        { ...job, into },
        preparing((index) => split.load(index), preparation),
      );
      for (let position = 0; position < indices.length; position++) {
        const running = item(position);
        if (running) await running;
      }
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
