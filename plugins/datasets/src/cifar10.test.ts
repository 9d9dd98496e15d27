import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { validateOptions } from '@nasc/config';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cifar10Classes, cifar10Files, cifar10FromBatches } from './cifar10-binary.ts';
import { findCifar10 } from './cifar10-find.ts';
import { cifar10 } from './cifar10.ts';
import { caught } from '../../../packages/diagnostics/src/caught.test-helper.ts';
import { contextOf } from './dataset.test-helper.ts';
import { serve } from './server.test-helper.ts';

let root: string;
const at = (...parts: readonly string[]): string => join(root, ...parts);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nasc-cifar-'));
});
afterEach(() => rm(root, { recursive: true }));

const recordSize = 3073;

/** Files of the right size whose pixels are all 0 (sparse: no disk is used) and whose labels are `label`. */
const writeBatches = async (folder: string, names: readonly string[] = cifar10Files, size = 10_000 * recordSize): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const file = await open(join(folder, name), 'w');
    await file.truncate(size);
    await file.close();
  }
};

/** A record of each label: red plane 10 + label, green 20 + label, blue a gradient. */
const record = (label: number): Buffer =>
  Buffer.from([
    label,
    ...Array.from({ length: 1024 }, () => 10 + label),
    ...Array.from({ length: 1024 }, () => 20 + label),
    ...Array.from({ length: 1024 }, (_, i) => i % 256),
  ]);

const batch = (at: string, labels: readonly number[]) => ({ at, bytes: Buffer.concat(labels.map(record)) });

const png = (red: number): Promise<Buffer> =>
  sharp({ create: { width: 32, height: 32, channels: 3, background: { r: red, g: 8, b: 9 } } })
    .png()
    .toBuffer();

const writeImages = async (folder: string, classes: readonly string[] = cifar10Classes): Promise<void> => {
  for (const [label, name] of classes.entries()) {
    for (const file of [join(folder, 'train', name, '1.png'), join(folder, 'test', name, '1.png')]) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, await png(10 * label));
    }
  }
};

describe('the binary version', () => {
  test('records become labels and images of [height, width, channel], in the order of the files', async () => {
    const train = [3, 9].map((label, i) => batch(`data_batch_${i + 1}.bin`, [label, 0]));
    const { train: split, test: held } = cifar10FromBatches(train, batch('test_batch.bin', [1, 2]), 'here', 2);
    expect(split).toMatchObject({ count: 4, height: 32, width: 32, channels: 3 });
    expect([...split.labels]).toEqual([3, 0, 9, 0]);
    expect([...held.labels]).toEqual([1, 2]);
    expect([...(await split.load(2)).pixels.subarray(0, 6)]).toEqual([19, 29, 0, 19, 29, 1]);
    expect([...(await split.load(0)).pixels.subarray(3 * 259, 3 * 260)]).toEqual([13, 23, 3]);
  });

  test('a file that is cut off, one that is too long and a label that is none: each is named', async () => {
    const train = [batch('a.bin', [1]), { at: 'b.bin', bytes: record(0).subarray(0, 3000) }, batch('c.bin', [10])];
    const damaged = 'hint: The file is damaged or belongs to another data set: fetch it again.';
    expect(await caught(() => cifar10FromBatches(train, batch('t.bin', [1, 2]), 'here', 1))).toBe(
      `error CIFAR10_SIZE: The file has 3000 bytes; 1 records of 1 label and 3072 values are 3073.\n  at b.bin\n  ${damaged}\n` +
        `error CIFAR10_LABEL: The label of record 0 is 10, but there are 10 classes (0 to 9).\n  at c.bin\n  ${damaged}\n` +
        `error CIFAR10_SIZE: The file has 6146 bytes; 1 records of 1 label and 3072 values are 3073.\n  at t.bin\n  ${damaged}`,
    );
  });

  test('an unpacked folder in the search path, with the usual augmentation', async () => {
    await writeBatches(at('sets', 'cifar-10-batches-bin'));
    const dataset = await cifar10.load({}, contextOf(at('none'), at('sets'), at('cache')));
    expect(dataset).toMatchObject({ name: 'cifar10', height: 32, width: 32, channels: 3, defaultAugmentation: { flip: true, crop: 4 } });
    expect([dataset.train.count, dataset.test.count]).toEqual([50_000, 10_000]);
    expect(dataset.source).toBe(at('sets', 'cifar-10-batches-bin'));
    expect(await cifar10.find!([at('sets')])).toBe(dataset.source);
  });

  test('a folder with some of the files is an error', async () => {
    await writeBatches(at('cifar10'), cifar10Files.slice(0, 4), 0);
    expect(await caught(() => findCifar10([root]))).toBe(
      `error CIFAR10_FILES_MISSING: CIFAR-10 is not whole in ${at('cifar10')}: data_batch_5.bin, test_batch.bin missing.\n  at ${at('cifar10')}\n` +
        '  hint: The binary version of CIFAR-10 has data_batch_1.bin to data_batch_5.bin and test_batch.bin: fetch it again, or remove this one from the search path.',
    );
  });

  test('an archive that holds something else, or is cut off', async () => {
    await writeFile(at('cifar-10-binary.tar.gz'), Buffer.alloc(1024));
    expect(await caught(() => cifar10.load({}, contextOf(root)))).toContain(
      `error CIFAR10_FILES_MISSING: CIFAR-10 is not whole in ${at('cifar-10-binary.tar.gz')}: data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin, ` +
        `test_batch.bin missing.\n  at ${at('cifar-10-binary.tar.gz')}\n`,
    );
    await writeFile(at('cifar-10-binary.tar.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0]));
    expect(await caught(() => cifar10.load({}, contextOf(root)))).toBe(
      `error DATA_GZIP_DAMAGED: The gzip data cannot be unpacked: unexpected end of file.\n  at ${at('cifar-10-binary.tar.gz')}\n` +
        '  hint: Fetch the file again, or replace it by an undamaged copy.',
    );
  });

  test('not on this machine: downloaded, and kept only with the published checksum', async () => {
    const other = Buffer.from('something else');
    const server = await serve({ '/set.tar.gz': other });
    try {
      const address = `${server.address}set.tar.gz`;
      const message = await caught(() => cifar10.load({ address }, contextOf(at('data'), at('cache'))));
      expect(message).toBe(
        `error DATASET_CHECKSUM: The downloaded file has MD5 ${createHash('md5').update(other).digest('hex')}, ` +
          `the published one has c32a1d4ab5d03f1284b67883e8d87530.\n  at ${address}\n` +
          '  hint: The download was damaged or something else is served at this address. Nothing was kept.\n' +
          'error DATASET_NOT_FOUND: Data set "cifar10" is not on this machine, and it cannot be downloaded.\n' +
          `  hint: Put cifar-10-binary.tar.gz into a folder "cifar10" in one of ${at('data')}, ${at('cache')}; --data-dir or NASC_DATA name another.`,
      );
      expect(await findCifar10([at('data'), at('cache')])).toBeUndefined();
    } finally {
      await server.close();
    }
  });
});

describe('folders of images', () => {
  test('are found under the same name, give the same labels, and are said to be images', async () => {
    await writeImages(at('cifar10-png'));
    const dataset = await cifar10.load({}, contextOf(root, at('cache')));
    expect(dataset).toMatchObject({ name: 'cifar10', classes: cifar10Classes, channels: 3, defaultAugmentation: { flip: true, crop: 4 } });
    expect(dataset.source).toBe(`${at('cifar10-png')} (images, not the official files)`);
    for (const [index, label] of dataset.train.labels.entries()) {
      expect((await dataset.train.load(index)).pixels[0]).toBe(10 * label);
    }
  });

  test('the binary version counts first, wherever it is; an option asks for the images', async () => {
    await writeImages(at('first', 'cifar10'));
    await writeBatches(at('second', 'cifar10'));
    const path = [at('first'), at('second')];
    expect(await findCifar10(path)).toEqual({ kind: 'batches', place: at('second', 'cifar10') });
    expect(await findCifar10(path, 'images')).toEqual({ kind: 'images', place: at('first', 'cifar10') });
    expect(await caught(() => cifar10.load({ form: 'images' }, contextOf(at('second'))))).toBe(
      'error CIFAR10_NO_IMAGES: There is no folder with the images of CIFAR-10 on this machine.\n  at #/task/dataset/form\n' +
        `  hint: Put train/CLASS/IMAGE and test/CLASS/IMAGE (or train.tar and test.tar) into a folder "cifar10" in one of ${at('second')}, or leave \`form\` away.`,
    );
  });

  test('other classes are another data set', async () => {
    await writeImages(at('cifar10'), [...cifar10Classes.slice(0, 9), 'lorry']);
    expect(await caught(() => cifar10.load({}, contextOf(root)))).toBe(
      `error CIFAR10_CLASSES: The class folders are not those of CIFAR-10: truck missing; lorry too many.\n  at ${at('cifar10')}\n` +
        '  hint: Read own images as data set "image-folder", or remove the folder from the search path.',
    );
  });
});

test('options are checked', async () => {
  const check = (options: object) => validateOptions(cifar10.optionsSchema, options, 'nasc.config.json#/task/dataset');
  expect(check({ form: 'images' })).toMatchObject({ form: 'images' });
  expect(await caught(() => check({ form: 'imags' }))).toBe(
    'error CONFIG_WRONG_VALUE: "form" has to be "binary" or "images", and is "imags".\n' +
      '  at nasc.config.json#/task/dataset/form\n  hint: Did you mean "images"?',
  );
});
