import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caught } from '../../../diagnostics/src/caught.test-helper.ts';
import { computeNormalisation } from '../normalisation.ts';
import { noiseImage, smallSet, writeFiles } from './images.test-helper.ts';
import { readImageFolder } from './read-image-folder.ts';
import { recordBytes } from './survey-record.ts';
import { tar } from './tar.test-helper.ts';

let root: string;
const images = () => join(root, 'images');
const cacheFolder = () => join(root, 'cache');
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nasc-survey-'));
});
afterEach(() => rm(root, { recursive: true }));

const read = (place = images()) => readImageFolder(place, { cacheFolder: cacheFolder() });

test('sums are those of all training images, and a tar archive gives the same images in the same order as the folder', async () => {
  const files = await smallSet(9);
  await writeFiles(images(), files);
  await writeFile(join(root, 'set.tar'), tar(files));
  const folder = (await read())!;
  const archive = (await read(join(root, 'set.tar')))!;
  expect(archive.manifestHash).toBe(folder.manifestHash);
  expect([...archive.train.labels]).toEqual([...folder.train.labels]);
  for (let index = 0; index < folder.train.count; index++) {
    expect(await archive.train.load(index)).toEqual(await folder.train.load(index));
  }
  const { sums, ...unknown } = folder.train;
  expect(sums).toBeDefined();
  expect(await computeNormalisation(folder.train)).toEqual(await computeNormalisation(unknown));
});

test('images are looked at once: again only where place, size or time of change differ', async () => {
  await writeFiles(images(), await smallSet(4));
  const path = join(images(), 'train/a/1.img.png');
  const { size } = await stat(path);
  await utimes(path, 1000, 1000);
  const { manifestHash } = (await read())!;
  await writeFile(path, Buffer.alloc(size));
  await utimes(path, 1000, 1000);
  expect((await read())!.manifestHash).toBe(manifestHash);
  await utimes(path, 1001, 1001);
  expect(await caught(read)).toBe(
    'error DATA_IMAGE_DAMAGED: The image cannot be decoded: its content is no image of a known format.\n' +
      `  at ${path}\n  hint: Replace the file or remove it.`,
  );
  await writeFile(path, await noiseImage(2, 13, 10));
  expect((await read())!.manifestHash).toBe(manifestHash);
});

test('a look that is stopped goes on where it was; damaged memory is not believed', async () => {
  const image = await noiseImage(0, 4, 4);
  await writeFiles(images(), Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`${'ab'[i % 2]}/${i}.png`, image])));
  const controller = new AbortController();
  const stopped = readImageFolder(images(), {
    cacheFolder: cacheFolder(),
    signal: controller.signal,
    onImage: () => controller.abort(new Error('stop')),
  });
  await expect(stopped).rejects.toThrow('stop');
  const [name] = await surveys();
  const records = await readFile(name!);
  expect(records.length).toBe(256 * recordBytes);
  const whole = (await read())!;
  expect((await readFile(name!)).length).toBe(600 * recordBytes);
  // A changed byte in one record, and a last one that was cut off.
  const all = await readFile(name!);
  all[5 * recordBytes + 66]! ^= 1;
  await writeFile(name!, all.subarray(0, -7));
  expect(await read()).toMatchObject({ manifestHash: whole.manifestHash, height: 4, width: 4 });
  expect((await readFile(name!)).length).toBe(601 * recordBytes);
});

const surveys = async (): Promise<readonly string[]> =>
  (await readdir(cacheFolder())).filter((entry) => entry.endsWith('.survey')).map((entry) => join(cacheFolder(), entry));

test('a thousand images take no more memory than a few: 120 MB of pixels are not held', async () => {
  const image = await noiseImage(0, 200, 200, 'jpeg');
  await writeFiles(images(), Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${'ab'[i % 2]}/${i}.jpg`, image])));
  const before = process.memoryUsage().arrayBuffers;
  const dataset = (await read())!;
  for (let index = 0; index < 50; index++) await dataset.train.load(index);
  expect(dataset.train.count + dataset.test.count).toBe(1000);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40e6);
}, 120_000);
