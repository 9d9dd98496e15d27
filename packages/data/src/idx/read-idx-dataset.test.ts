import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caught } from '../../../diagnostics/src/caught.test-helper.ts';
import { idx } from './idx.test-helper.ts';
import { findIdxFiles, readIdxDataset } from './read-idx-dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-idx-'));
});
afterEach(() => rm(folder, { recursive: true }));

const names = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'] as const;
const trainPixels = Array.from({ length: 18 }, (_, i) => 10 * i);
const contents = [idx([3, 2, 3], trainPixels), idx([3], [1, 0, 1]), idx([1, 2, 3], [9, 8, 7, 6, 5, 4]), idx([1], [1])];

const write = async (changes: Partial<Record<(typeof names)[number], Buffer | null>> = {}, gzip = false): Promise<void> => {
  for (const [i, name] of names.entries()) {
    const bytes = changes[name] === undefined ? contents[i]! : changes[name];
    if (bytes) await writeFile(join(folder, gzip ? `${name}.gz` : name), gzip ? gzipSync(bytes) : bytes);
  }
};
const read = async () =>
  readIdxDataset((await findIdxFiles(folder))!, { name: 'two', classes: ['no', 'yes'], source: folder, defaultAugmentation: {} });

test('images and labels of both splits, plain and gzip, with one hash', async () => {
  await write({}, true);
  const packed = await read();
  await write();
  const plain = await read();
  expect(plain).toMatchObject({ name: 'two', classes: ['no', 'yes'], height: 2, width: 3, channels: 1, source: folder });
  expect([...plain.train.labels]).toEqual([1, 0, 1]);
  expect([...plain.test.labels]).toEqual([1]);
  expect(await plain.train.load(2)).toMatchObject({ height: 2, width: 3, pixels: Uint8Array.from(trainPixels.slice(12)) });
  expect(packed.manifestHash).toBe(plain.manifestHash);
  await write({ 't10k-images-idx3-ubyte': idx([1, 2, 3], [9, 8, 7, 6, 5, 5]) });
  expect((await read()).manifestHash).not.toBe(plain.manifestHash);
});

test('a folder without the files, and one with some of them', async () => {
  expect(await findIdxFiles(folder)).toBeUndefined();
  await write({ 't10k-images-idx3-ubyte': null, 't10k-labels-idx1-ubyte': null });
  expect(await findIdxFiles(folder, 'ignore')).toBeUndefined();
  expect(await caught(() => findIdxFiles(folder))).toBe(
    'error DATA_FILES_MISSING: Missing in the folder: t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (plain or .gz).\n' +
      `  at ${folder}\n  hint: Put the missing files there, or remove the folder from the search path.`,
  );
});

test('as many labels as images', async () => {
  await write({ 'train-labels-idx1-ubyte': idx([2], [1, 0]) });
  expect(await caught(read)).toBe(
    `error DATA_COUNT_MISMATCH: There are 2 labels for the 3 images of ${join(folder, names[0])}.\n` +
      `  at ${join(folder, names[1])}\n  hint: Both files have to come from the same split of the same data set.`,
  );
});

test('labels within the classes', async () => {
  await write({ 'train-labels-idx1-ubyte': idx([3], [1, 0, 2]) });
  expect(await caught(read)).toBe(
    'error DATA_LABEL_RANGE: Label 2 is 2, but there are 2 classes (0 to 1).\n' +
      `  at ${join(folder, names[1])}\n  hint: Check that these are the labels of this data set.`,
  );
});

test('one size in both splits', async () => {
  await write({ 't10k-images-idx3-ubyte': idx([1, 3, 3], trainPixels.slice(0, 9)) });
  expect(await caught(read)).toBe(
    'error DATA_SPLIT_SHAPES: Test images are 3x3x1, training images 2x3x1.\n' +
      `  at ${join(folder, names[2])}\n  hint: Both splits have to come from the same data set.`,
  );
});

test('damaged gzip data', async () => {
  await write({ 'train-images-idx3-ubyte': null });
  await writeFile(join(folder, `${names[0]}.gz`), gzipSync(contents[0]!).subarray(0, 20));
  expect(await caught(read)).toBe(
    'error DATA_GZIP_DAMAGED: The gzip data cannot be unpacked: unexpected end of file.\n' +
      `  at ${join(folder, names[0])}.gz\n  hint: Fetch the file again, or replace it by an undamaged copy.`,
  );
});

test('a file that vanished', async () => {
  await write();
  const files = await findIdxFiles(folder);
  await rm(join(folder, names[0]));
  const description = { name: 'two', classes: ['no', 'yes'], source: folder, defaultAugmentation: {} };
  expect(await caught(() => readIdxDataset(files!, description))).toBe(
    'error DATA_FILE_UNREADABLE: The file cannot be read: it does not exist.\n' +
      `  at ${join(folder, names[0])}\n  hint: Check that it exists and may be read.`,
  );
});
