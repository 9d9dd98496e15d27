// A data set in folders that name the classes.
import { basename } from 'node:path';
import { contentHash } from '../content-hash.ts';
import type { Dataset } from '../dataset.ts';
import { inMemorySplit } from '../in-memory-split.ts';
import type { Resolution } from '../transform/image-transform.ts';
import { arrangeByClass } from './arrange-by-class.ts';
import type { LabelledImage } from './arrange-by-class.ts';
import { decodeAll } from './decode-all.ts';
import { listImages } from './list-images.ts';

export interface ImageFolderOptions {
  /** All images are brought to this size (scaled to cover it, then the centre cut); without it they must have one size. */
  readonly resolution?: Resolution;
  /** Grey or colour; when absent, grey if all images are. */
  readonly channels?: 1 | 3;
  /** Share of the images held out for test where the folder has no test split. */
  readonly testShare?: number;
  readonly signal?: AbortSignal;
  onImage?(done: number, total: number): void;
}

/**
 * Reads `root`: a folder or tar archive (plain or gzip) of train/CLASS/IMAGE and test/CLASS/IMAGE, or of CLASS/IMAGE, or a
 * folder with train.tar and test.tar. Undefined if `root` does not exist. Faults are `DATA_*` diagnostics.
 */
export const readImageFolder = async (root: string, options: ImageFolderOptions = {}): Promise<Dataset | undefined> => {
  const files = await listImages(root);
  if (!files) return undefined;
  const { classes, train, test } = arrangeByClass(files, root, options.testShare ?? 0.2);
  const images = [...train, ...test];
  const { shape, pixels } = await decodeAll(
    images.map(({ file }) => file),
    { ...options, root, onImage: (done) => options.onImage?.(done, images.length) },
  );
  const boundary = train.length * shape.height * shape.width * shape.channels;
  const split = (part: readonly LabelledImage[], bytes: Uint8Array) =>
    inMemorySplit(
      shape,
      bytes,
      Uint16Array.from(part, ({ label }) => label),
    );
  const trainSplit = split(train, pixels.subarray(0, boundary));
  const testSplit = split(test, pixels.subarray(boundary));
  const paths = (part: readonly LabelledImage[]): string => JSON.stringify(part.map(({ file }) => file.path));
  const manifestHash = contentHash([
    ['classes', JSON.stringify(classes)],
    ['shape', JSON.stringify([shape.height, shape.width, shape.channels])],
    ['train', paths(train)],
    ['train images', trainSplit.pixels],
    ['train labels', trainSplit.labels],
    ['test', paths(test)],
    ['test images', testSplit.pixels],
    ['test labels', testSplit.labels],
  ]);
  const name = basename(root).replace(/\.(?:tar|tar\.gz|tgz)$/, '');
  return { name, classes, ...shape, train: trainSplit, test: testSplit, manifestHash, source: root, defaultAugmentation: {} };
};
