import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatDiagnostics } from '@nasc/diagnostics';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caught } from '../../../diagnostics/src/caught.test-helper.ts';
import { readImageFolder } from './read-image-folder.ts';
import type { ImageFolderOptions } from './read-image-folder.ts';
import { tar } from './tar.test-helper.ts';

let root: string;
let cacheFolder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nasc-folder-'));
  cacheFolder = await mkdtemp(join(tmpdir(), 'nasc-folder-cache-'));
});
afterEach(() => Promise.all([root, cacheFolder].map((folder) => rm(folder, { recursive: true }))));

const read = (folder = root, options: Partial<ImageFolderOptions> = {}) => readImageFolder(folder, { cacheFolder, ...options });

type Rgb = readonly [number, number, number];
const plain = (colour: Rgb, height = 2, width = 2) =>
  sharp(Buffer.from(Array.from({ length: height * width }, () => colour).flat()), { raw: { height, width, channels: 3 } });
const png = (colour: Rgb, height?: number, width?: number): Promise<Buffer> => plain(colour, height, width).png().toBuffer();

const write = async (files: Readonly<Record<string, Uint8Array>>): Promise<void> => {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
};

/** Class names of the images of a split, and the first pixel of each, sorted. */
const contents = async (options: Partial<ImageFolderOptions> = {}, folder = root) => {
  const dataset = (await read(folder, options))!;
  const { height, width, channels } = dataset;
  const list = async (split: typeof dataset.train): Promise<string[]> => {
    const named = Array.from(split.labels, async (label, i) => {
      const { pixels } = await split.load(i);
      return `${dataset.classes[label]} ${[...pixels.subarray(0, channels)].join()}`;
    });
    return (await Promise.all(named)).toSorted();
  };
  return { dataset, shape: [height, width, channels], train: await list(dataset.train), test: await list(dataset.test) };
};

const red: Rgb = [200, 10, 30];
const blue: Rgb = [10, 20, 220];

const twoSplits = async () => ({
  'train/red/1.png': await png(red),
  'train/red/2.webp': await plain([201, 10, 30]).webp({ lossless: true }).toBuffer(),
  'train/blue/1.PNG': await png(blue),
  'test/red/1.png': await png([202, 10, 30]),
  'test/blue/9.png': await png([10, 20, 222]),
});

test('train/CLASS/IMAGE and test/CLASS/IMAGE', async () => {
  await write({
    ...(await twoSplits()),
    'train/red/notes.txt': Buffer.from('x'),
    'train/.hidden/1.png': Buffer.from('x'),
    'README.md': Buffer.from('x'),
  });
  const { dataset, shape, train, test } = await contents();
  expect(dataset).toMatchObject({ classes: ['blue', 'red'], source: root, defaultAugmentation: {} });
  expect(shape).toEqual([2, 2, 3]);
  expect(train).toEqual(['blue 10,20,220', 'red 200,10,30', 'red 201,10,30']);
  expect(test).toEqual(['blue 10,20,222', 'red 202,10,30']);
});

test('the same images as archives, in a folder that is linked, or elsewhere have the same hash; one pixel changes it', async () => {
  const files = await twoSplits();
  await write(files);
  const expected = (await read())!.manifestHash;
  const part = (name: string) =>
    Object.fromEntries(
      Object.entries(files).flatMap(([path, bytes]) => (path.startsWith(name) ? [[`./${path.slice(name.length + 1)}`, bytes]] : [])),
    );
  const others = await mkdtemp(join(tmpdir(), 'nasc-folder-'));
  try {
    await mkdir(join(others, 'two'));
    await writeFile(join(others, 'two', 'train.tar'), tar(part('train')));
    await writeFile(join(others, 'two', 'test.tar.gz'), gzipSync(tar(part('test'))));
    await writeFile(
      join(others, 'one.tgz'),
      gzipSync(tar(Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`set/${path}`, bytes])))),
    );
    await mkdir(join(others, 'linked'));
    for (const name of ['train', 'test']) await symlink(join(root, name), join(others, 'linked', name));
    for (const place of ['two', 'one.tgz', 'linked']) expect((await read(join(others, place)))!.manifestHash).toBe(expected);
    expect((await read(join(others, 'one.tgz')))!.name).toBe('one');
  } finally {
    await rm(others, { recursive: true });
  }
  await write({ 'test/blue/9.png': await png([10, 20, 223]) });
  expect((await read())!.manifestHash).not.toBe(expected);
});

test('one level of classes: a share is held out by name, and stays so when images are added', async () => {
  const image = await png(red);
  const names = Array.from({ length: 100 }, (_, i) => [`a/${i}.png`, `b/${i}.png`]).flat();
  await write(Object.fromEntries(names.map((name) => [name, image])));
  const whole = await read(root, { testShare: 0.25 });
  // Binomial, 200 * 0.25 = 50 with a standard deviation of 6.
  expect(Math.abs(whole!.test.count - 50)).toBeLessThan(20);
  expect(whole!.train.count + whole!.test.count).toBe(200);

  await rm(root, { recursive: true });
  await write({
    'a/17.png': await png([50, 50, 51]),
    'a/18.png': await png([50, 50, 52]),
    'a/19.png': await png([50, 50, 53]),
    'b/1.png': image,
    'b/2.png': image,
    'b/3.png': image,
  });
  const few = await contents({ testShare: 0.5 });
  await write({ 'a/20.png': await png([50, 50, 54]), 'b/4.png': image });
  const more = await contents({ testShare: 0.5 });
  expect(more.train).toEqual(expect.arrayContaining(few.train));
  expect(more.test).toEqual(expect.arrayContaining(few.test));
});

test('the first images of a split are of all classes', async () => {
  const image = await png(red);
  const files = Array.from({ length: 60 }, (_, i) => [`train/${'abc'[i % 3]}/${i}.png`, image] as const);
  await write({ ...Object.fromEntries(files), 'test/a/1.png': image });
  const { train } = (await read())!;
  expect(new Set(train.labels.subarray(0, 12)).size).toBe(3);
});

test('grey if all images are grey, unless channels are asked for', async () => {
  const grey = await sharp(Buffer.alloc(4, 90), { raw: { height: 2, width: 2, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  await write({ 'train/a/1.png': grey, 'train/b/1.png': await png([70, 70, 70]), 'test/a/1.png': grey });
  expect(await contents()).toMatchObject({ shape: [2, 2, 1], train: ['a 90', 'b 70'], test: ['a 90'] });
  expect(await contents({ channels: 3 })).toMatchObject({ shape: [2, 2, 3], train: ['a 90,90,90', 'b 70,70,70'] });
  await write({ 'train/b/2.png': await png([70, 70, 71]) });
  expect(await contents()).toMatchObject({ shape: [2, 2, 3], train: ['a 90,90,90', 'b 70,70,70', 'b 70,70,71'] });
  expect(await contents({ channels: 1 })).toMatchObject({ shape: [2, 2, 1], train: ['a 90', 'b 70', 'b 70'] });
});

test('JPEG is turned upright, transparency lies on black', async () => {
  const wide = await plain([120, 120, 120], 8, 16).jpeg().toBuffer();
  const turned = await plain([120, 120, 120], 16, 8).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const clear = await sharp(Buffer.from(Array.from({ length: 128 }, () => [255, 255, 255, 0]).flat()), {
    raw: { height: 8, width: 16, channels: 4 },
  })
    .png()
    .toBuffer();
  await write({ 'train/a/1.jpg': wide, 'train/b/1.jpeg': turned, 'test/a/1.png': clear });
  expect(await contents()).toMatchObject({ shape: [8, 16, 1], train: ['a 120', 'b 120'], test: ['a 0'] });
});

test('images of several sizes: which one a network gets has to be said somewhere', async () => {
  const large = Uint8Array.from({ length: 6 * 8 * 3 }, (_, i) => (i * 37) % 256);
  await write({
    'train/a/1.png': await png(red),
    'train/b/2.png': await png(blue),
    'test/a/3.png': await sharp(large, { raw: { height: 6, width: 8, channels: 3 } })
      .png()
      .toBuffer(),
  });
  const dataset = (await read())!;
  const message = formatDiagnostics([dataset.sizesDiffer!]);
  const first = /the first one, (.*), is 2x2/.exec(message)?.[1] ?? '';
  expect([join(root, 'train/a/1.png'), join(root, 'train/b/2.png')]).toContain(first);
  expect(message).toBe(
    `error DATA_IMAGE_SIZES: The image is 6x8 (height x width), but the first one, ${first}, is 2x2.\n  at ${join(root, 'test/a/3.png')}\n` +
      '  hint: Give the data set the option `resolution`, or the space an input resolution, and all images are resized to it.',
  );
  const { pixels, ...size } = await dataset.test.load(0);
  expect(size).toEqual({ height: 6, width: 8, channels: 3 });
  expect(Uint8Array.from(pixels)).toEqual(large);
  const resized = (await read(root, { resolution: { height: 3, width: 3 } }))!;
  expect(resized).toMatchObject({ height: 3, width: 3 });
  expect(resized.sizesDiffer).toBeUndefined();
  expect(resized.manifestHash).not.toBe(dataset.manifestHash);
});

test('images that do not decode are named, all of them', async () => {
  const jpeg = await plain(red, 32, 32).jpeg().toBuffer();
  await write({
    ...(await twoSplits()),
    'train/red/3.jpg': jpeg.subarray(0, jpeg.length - 300),
    'test/red/4.png': Buffer.from('no image'),
  });
  const message = await caught(() => read());
  const lines = message.split('\n');
  expect(lines.filter((line) => line.startsWith('  at')).toSorted()).toEqual([
    `  at ${join(root, 'test/red/4.png')}`,
    `  at ${join(root, 'train/red/3.jpg')}`,
  ]);
  expect(message).toContain(
    'error DATA_IMAGE_DAMAGED: The image cannot be decoded: its content is no image of a known format.\n' +
      `  at ${join(root, 'test/red/4.png')}\n  hint: Replace the file or remove it.`,
  );
});

test('of many images that do not decode, 20 are named', async () => {
  await write(Object.fromEntries(Array.from({ length: 23 }, (_, i) => [`train/${'ab'[i % 2]}/${i}.png`, Buffer.from('x')])));
  await write({ 'test/a/1.png': await png(red) });
  const message = await caught(() => read());
  expect(message.match(/DATA_IMAGE_DAMAGED:/g)?.length).toBe(20);
  expect(message.endsWith(`error DATA_IMAGE_DAMAGED_MORE: 3 more images cannot be decoded.\n  at ${root}`)).toBe(true);
});

const layout = 'Expected train/CLASS/IMAGE and test/CLASS/IMAGE, or CLASS/IMAGE; images are .jpg, .jpeg, .png or .webp.';

test.each<[string, readonly string[], (root: string) => string]>([
  ['no image', ['a/x.txt'], (root) => `error DATA_FOLDER_EMPTY: There is no image here.\n  at ${root}\n  hint: ${layout}`],
  [
    'images without a class',
    ['a/1.png', 'b/1.png', '2.png'],
    (root) =>
      `error DATA_FOLDER_LAYOUT: The image does not lie in a folder that names its class.\n  at ${join(root, '2.png')}\n  hint: ${layout}`,
  ],
  [
    'training images only',
    ['train/a/1.png', 'train/b/1.png'],
    (root) =>
      `error DATA_SPLIT_MISSING: There is no test image.\n  at ${root}\n  hint: ${layout} ` +
      'With classes on the first level, a share of the images is held out for test (option `testShare`).',
  ],
  [
    'one class',
    ['train/a/1.png', 'test/a/1.png'],
    (root) => `error DATA_TOO_FEW_CLASSES: At least 2 classes are needed, there is a.\n  at ${root}\n  hint: ${layout}`,
  ],
  [
    'a class in test only',
    ['train/a/1.png', 'train/b/1.png', 'val/c/1.png'],
    (root) =>
      `error DATA_CLASS_WITHOUT_TRAINING: Class "c" has no training image.\n  at ${root}\n  hint: Add images of it, or remove the class from test.`,
  ],
])('%s', async (_, paths, text) => {
  await write(Object.fromEntries(paths.map((path) => [path, Buffer.from('x')])));
  expect(await caught(() => read())).toBe(text(root));
});

test('a folder that does not exist is undefined', async () => {
  expect(await read(join(root, 'missing'))).toBeUndefined();
});

test('reading stops when asked to', async () => {
  await write(await twoSplits());
  await expect(read(root, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
});
