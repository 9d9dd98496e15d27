// The binary version of CIFAR-10: five files of training images and one of test images, each of 10 000 records of 1 label
// and 3072 values (red, green and blue plane of 32x32), in a folder or in the archive as it is published.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash, inMemorySplit, readBytes, readTar } from '@nasc/data';
import type { Dataset, InMemorySplit } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { messages } from './messages.ts';

/** In the order of the labels, which is that of the alphabet: folders named so give the same labels. */
export const cifar10Classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'] as const;

const trainBatches = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
const testBatch = 'test_batch.bin';
export const cifar10Files: readonly string[] = [...trainBatches, testBatch];

/** MD5 of the published cifar-10-binary.tar.gz. */
export const archiveMd5 = 'c32a1d4ab5d03f1284b67883e8d87530';

const shape = { height: 32, width: 32, channels: 3 } as const;
const planeSize = shape.height * shape.width;
const imageSize = planeSize * shape.channels;
const recordSize = 1 + imageSize;
const officialRecords = 10_000;

interface BatchFile {
  readonly at: string;
  readonly bytes: Uint8Array;
}

const faultOf = ({ at, bytes }: BatchFile, records: number): Diagnostic | undefined => {
  if (bytes.length !== records * recordSize) return messages.cifar10Size(at, bytes.length, records, recordSize);
  for (let record = 0; record < records; record++) {
    const label = bytes[record * recordSize]!;
    if (label >= cifar10Classes.length) return messages.cifar10Label(at, record, label, cifar10Classes.length);
  }
  return undefined;
};

/** [R planes, G planes, B planes] of each record to [H, W, C]. */
const splitOf = (files: readonly BatchFile[], records: number): InMemorySplit => {
  const count = files.length * records;
  const pixels = new Uint8Array(count * imageSize);
  const labels = new Uint16Array(count);
  for (let index = 0, to = 0; index < count; index++) {
    const { bytes } = files[Math.floor(index / records)]!;
    const start = (index % records) * recordSize;
    labels[index] = bytes[start]!;
    for (let pixel = start + 1; pixel < start + 1 + planeSize; pixel++) {
      pixels[to++] = bytes[pixel]!;
      pixels[to++] = bytes[pixel + planeSize]!;
      pixels[to++] = bytes[pixel + 2 * planeSize]!;
    }
  }
  return inMemorySplit(shape, pixels, labels);
};

/** Both splits from the six files, every fault of a file told; `records` is how many each of them has to hold. */
export const cifar10FromBatches = (
  train: readonly BatchFile[],
  test: BatchFile,
  source: string,
  records: number = officialRecords,
): Dataset => {
  const faults = [...train, test].flatMap((file) => faultOf(file, records) ?? []);
  if (faults.length > 0) throw new DiagnosticError(faults);
  const splits = { train: splitOf(train, records), test: splitOf([test], records) };
  const manifestHash = contentHash([
    ['classes', JSON.stringify(cifar10Classes)],
    ['shape', JSON.stringify([shape.height, shape.width, shape.channels])],
    ['train images', splits.train.pixels],
    ['train labels', splits.train.labels],
    ['test images', splits.test.pixels],
    ['test labels', splits.test.labels],
  ]);
  return { name: 'cifar10', classes: cifar10Classes, ...shape, ...splits, manifestHash, source, defaultAugmentation: {} };
};

/** From a folder that holds the six files. Errors: `CIFAR10_*`, and what reading a file gives. */
export const readCifar10Folder = async (folder: string, signal: AbortSignal): Promise<Dataset> => {
  const read = async (name: string): Promise<BatchFile> => ({ at: join(folder, name), bytes: await readBytes(join(folder, name), signal) });
  return cifar10FromBatches(await Promise.all(trainBatches.map(read)), await read(testBatch), folder);
};

/** From the published archive, which is not unpacked on disk; an archive of other bytes is said to be one. */
export const readCifar10Archive = async (archive: string, signal: AbortSignal): Promise<Dataset> => {
  const unpacked = await readBytes(archive, signal);
  const files = new Map((await readTar(unpacked, archive)).map(({ path, bytes }) => [path.split('/').at(-1)!, bytes]));
  const missing = cifar10Files.filter((name) => !files.has(name));
  if (missing.length > 0) throw new DiagnosticError([messages.cifar10Missing(archive, missing)]);
  const file = (name: string): BatchFile => ({ at: `${archive}#${name}`, bytes: files.get(name)! });
  const md5 = createHash('md5')
    .update(await readFile(archive, { signal }))
    .digest('hex');
  const source = md5 === archiveMd5 ? archive : `${archive} (not the official file)`;
  return cifar10FromBatches(trainBatches.map(file), file(testBatch), source);
};
