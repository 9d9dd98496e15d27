// A data set in the four files of the MNIST family: images and labels of train and t10k, plain or gzip.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import { contentHash } from '../content-hash.ts';
import type { Augmentation, Dataset, ImageShape } from '../dataset.ts';
import { inMemorySplit } from '../in-memory-split.ts';
import type { InMemorySplit } from '../in-memory-split.ts';
import { messages } from '../messages.ts';
import { readBytes } from '../read-bytes.ts';
import { parseIdx } from './parse-idx.ts';

/** Names without `.gz`. */
export const idxFileNames = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

export type IdxFiles = Readonly<Record<keyof typeof idxFileNames, string>>;

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Those of the four files that a folder has, plain before `.gz`. */
export const listIdxFiles = async (folder: string): Promise<Partial<IdxFiles>> => {
  const found: Partial<Record<keyof IdxFiles, string>> = {};
  for (const [role, name] of Object.entries(idxFileNames) as [keyof IdxFiles, string][]) {
    const plain = join(folder, name);
    if (await exists(plain)) found[role] = plain;
    else if (await exists(`${plain}.gz`)) found[role] = `${plain}.gz`;
  }
  return found;
};

/**
 * The four files of a folder, or undefined if it has none of them. A folder with some of them is `DATA_FILES_MISSING`,
 * or counts as having none.
 */
export const findIdxFiles = async (folder: string, incomplete: 'error' | 'ignore' = 'error'): Promise<IdxFiles | undefined> => {
  const found = await listIdxFiles(folder);
  const missing = (Object.keys(idxFileNames) as (keyof IdxFiles)[]).filter((role) => found[role] === undefined);
  if (missing.length === 0) return found as IdxFiles;
  if (missing.length === Object.keys(idxFileNames).length || incomplete === 'ignore') return undefined;
  throw new DiagnosticError([
    messages.filesMissing(
      folder,
      missing.map((role) => idxFileNames[role]),
    ),
  ]);
};

const readSplit = async (imagesFile: string, labelsFile: string, classes: number, signal?: AbortSignal): Promise<InMemorySplit> => {
  const images = parseIdx(await readBytes(imagesFile, signal), imagesFile, 'images', 3);
  const labels = parseIdx(await readBytes(labelsFile, signal), labelsFile, 'labels', 1);
  const [count = 0, height = 0, width = 0] = images.shape;
  if (labels.values.length !== count) {
    throw new DiagnosticError([messages.countMismatch(labelsFile, labels.values.length, count, imagesFile)]);
  }
  const wrong = labels.values.findIndex((label) => label >= classes);
  if (wrong >= 0) throw new DiagnosticError([messages.labelRange(labelsFile, wrong, labels.values[wrong]!, classes)]);
  return inMemorySplit({ height, width, channels: 1 }, images.values, Uint16Array.from(labels.values));
};

export interface IdxDatasetDescription {
  readonly name: string;
  readonly classes: readonly string[];
  /** For the report. */
  readonly source: string;
  readonly defaultAugmentation: Augmentation;
}

const dimensions = ({ height, width, channels }: ImageShape): readonly number[] => [height, width, channels];

/** Reads both splits into memory. Every fault of a file is one diagnostic that names it. */
export const readIdxDataset = async (files: IdxFiles, description: IdxDatasetDescription, signal?: AbortSignal): Promise<Dataset> => {
  const { name, classes, source, defaultAugmentation } = description;
  const train = await readSplit(files.trainImages, files.trainLabels, classes.length, signal);
  const test = await readSplit(files.testImages, files.testLabels, classes.length, signal);
  if (dimensions(test).join() !== dimensions(train).join()) {
    throw new DiagnosticError([messages.splitShapes(files.testImages, dimensions(test), dimensions(train))]);
  }
  const manifestHash = contentHash([
    ['classes', JSON.stringify(classes)],
    ['shape', JSON.stringify(dimensions(train))],
    [idxFileNames.trainImages, train.pixels],
    [idxFileNames.trainLabels, train.labels],
    [idxFileNames.testImages, test.pixels],
    [idxFileNames.testLabels, test.labels],
  ]);
  const { height, width, channels } = train;
  return { name, classes, height, width, channels, train, test, manifestHash, source, defaultAugmentation };
};
