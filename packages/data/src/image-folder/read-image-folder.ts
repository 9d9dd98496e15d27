// A data set in folders that name the classes: its files are listed and looked at once, and decoded when they are asked for.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { contentHash } from '../content-hash.ts';
import type { ChannelSums, Dataset, Split } from '../dataset.ts';
import type { FilesSource } from '../image-source.ts';
import { datasetAt } from '../dataset-at.ts';
import type { Resolution } from '../transform/image-transform.ts';
import { inThread } from '../workers/data-workers.ts';
import type { DataWorkers } from '../workers/data-workers.ts';
import { arrangeByClass } from './arrange-by-class.ts';
import { placeOf, pathOf } from './file-table.ts';
import { listImages } from './list-images.ts';
import { messages } from './messages.ts';
import { openFiles } from './open-files.ts';
import { surveyImages } from './survey-images.ts';

export interface ImageFolderOptions {
  /** What networks get (scaled to cover it, then the centre cut) where the space says nothing; the images' own size when absent. */
  readonly resolution?: Resolution;
  /** Grey or colour; when absent, grey if all images are. */
  readonly channels?: 1 | 3;
  /** Share of the images held out for test where the folder has no test split. */
  readonly testShare?: number;
  /** Keeps what the first look at the images found, and archives that had to be unpacked. */
  readonly cacheFolder: string;
  /** Threads for the first look; the one that asks when absent. */
  readonly workers?: DataWorkers;
  readonly signal?: AbortSignal;
  onImage?(done: number, total: number): void;
}

/** Sums over the images of a split, and a hash over their contents. */
const createTally = (channels: number) => {
  const sums = Array.from({ length: channels }, () => 0);
  const squares = Array.from({ length: channels }, () => 0);
  const hash = createHash('sha256');
  let pixels = 0;
  return {
    add(image: { readonly height: number; readonly width: number } & Pick<ChannelSums, 'sums' | 'squares'>, content: Uint8Array): void {
      pixels += image.height * image.width;
      for (let channel = 0; channel < channels; channel++) {
        sums[channel]! += image.sums[channel]!;
        squares[channel]! += image.squares[channel]!;
      }
      hash.update(content);
    },
    close: (used: number) => ({
      sums: { pixels, sums: sums.slice(0, used), squares: squares.slice(0, used) },
      contentHash: hash.digest('hex'),
    }),
  };
};

/**
 * Reads `root`: a folder or tar archive (plain or gzip) of train/CLASS/IMAGE and test/CLASS/IMAGE, or of CLASS/IMAGE, or a
 * folder with train.tar and test.tar. Undefined if `root` does not exist. Faults are `DATA_*` diagnostics. The hash of the set is
 * over names and contents of the files, wherever they lie.
 */
export const readImageFolder = async (root: string, options: ImageFolderOptions): Promise<Dataset | undefined> => {
  const { testShare = 0.2, workers = inThread } = options;
  const files = await listImages(root, options);
  if (!files) return undefined;
  const { classes, table, trainCount, labels } = arrangeByClass(files, root, testShare);

  const decoded = options.channels ?? 3;
  const sizes = new Uint32Array(new SharedArrayBuffer(8 * table.count));
  const tallies = { train: createTally(decoded), test: createTally(decoded) };
  const names = createHash('sha256');
  let grey = true;
  let different: number | undefined;
  const kept = await surveyImages(table, { ...options, root, channels: decoded, workers }, (index, image) => {
    sizes.set([image.height, image.width], 2 * index);
    if (image.height !== sizes[0] || image.width !== sizes[1]) different ??= index;
    grey &&= image.grey;
    (index < trainCount ? tallies.train : tallies.test).add(image, image.contentHash);
    names.update(`${pathOf(table, index)}\0`);
  });

  const narrow = decoded === 3 && options.channels === undefined && grey;
  const channels = narrow ? 1 : decoded;
  const splitOf = (first: number, count: number, tally: ReturnType<typeof createTally>): Split & { readonly source: FilesSource } => {
    const { sums, contentHash: hash } = tally.close(channels);
    const part = sizes.subarray(2 * first, 2 * (first + count));
    const decoding = { channels: decoded, narrow, sizes: part, ...(kept && { kept }) };
    const source: FilesSource = { kind: 'files', table, first, count, ...decoding, contentHash: hash };
    return { count, channels, labels: labels.subarray(first, first + count), sums, source, load: openFiles(source) };
  };
  const train = splitOf(0, trainCount, tallies.train);
  const test = splitOf(trainCount, table.count - trainCount, tallies.test);
  const manifestHash = contentHash([
    ['classes', JSON.stringify(classes)],
    ['channels', JSON.stringify(channels)],
    ['names', names.digest('hex')],
    ['train', train.source.contentHash],
    ['test', test.source.contentHash],
  ]);
  const sizeText = (index: number): string => `${sizes[2 * index]}x${sizes[2 * index + 1]}`;
  const dataset: Dataset = {
    name: basename(root).replace(/\.(?:tar|tar\.gz|tgz)$/, ''),
    classes,
    height: sizes[0]!,
    width: sizes[1]!,
    channels,
    train,
    test,
    manifestHash,
    source: root,
    defaultAugmentation: {},
    ...(different !== undefined && {
      sizesDiffer: messages.sizesDiffer(placeOf(table, different), sizeText(different), sizeText(0), placeOf(table, 0)),
    }),
  };
  return options.resolution ? datasetAt(dataset, options.resolution) : dataset;
};
