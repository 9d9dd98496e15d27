import { mkdtemp, rm, truncate, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@nasc/random';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchOf } from '../batches.ts';
import { caught } from '../../../diagnostics/src/caught.test-helper.ts';
import type { Augmentation, Dataset, Split } from '../dataset.ts';
import { smallSet, writeFiles } from '../image-folder/images.test-helper.ts';
import { placeOf } from '../image-folder/file-table.ts';
import { readImageFolder } from '../image-folder/read-image-folder.ts';
import type { FilesSource } from '../image-source.ts';
import { inMemorySplit } from '../in-memory-split.ts';
import { prepareSplit, wholeSplit } from '../prepared-dataset.ts';
import { createDataWorkers } from './data-workers.ts';
import type { DataWorkers } from './data-workers.ts';

const normalisation = { mean: [0.1, 0.2, 0.3], std: [0.5, 0.4, 0.3] };
const pools = [0, 1, 2, 3].map((count) => createDataWorkers({ count }));

let root: string;
let folder: Dataset;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nasc-workers-'));
  await writeFiles(root, await smallSet(20));
  folder = (await readImageFolder(root, { cacheFolder: join(root, 'cache') }))!;
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.dispose()));
  await rm(root, { recursive: true });
});

const random = new Random({ seed: 1, stream: 'test' });
const inMemory = inMemorySplit(
  { height: 9, width: 7, channels: 3 },
  Uint8Array.from({ length: 40 * 189 }, () => random.integer(256)),
  Uint16Array.from({ length: 40 }, (_, i) => i % 5),
);

const recipes: readonly (Augmentation | undefined)[] = [
  undefined,
  { flip: true, crop: 1 },
  { flip: true, randomResizedCrop: {}, colourJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }, cutout: 3 },
];

const source = (split: Split, workers: DataWorkers, augmentation?: Augmentation) => {
  const subset = wholeSplit(prepareSplit(split, { height: 6, width: 6, cropShare: 0.75, workers }));
  const options = { batchSize: 8, seed: 1, stream: 'test', normalisation, ...(augmentation && { augmentation }) };
  return (step: number) => batchOf(subset, { step, ...options });
};

test('any number of threads makes the same bits, in whatever order batches are asked for', async () => {
  for (const split of [inMemory, folder.train]) {
    for (const recipe of recipes) {
      const expected = [];
      for (const step of [0, 1, 7]) expected.push(await source(split, pools[0]!, recipe)(step));
      expect(expected[0]!.images).not.toEqual(expected[1]!.images);
      for (const pool of pools.slice(1)) {
        const batch = source(split, pool, recipe);
        const [last, second, first] = await Promise.all([7, 1, 0].map(batch));
        expect([first, second, last]).toEqual(expected);
      }
    }
  }
});

test('a split of a plugin, which only loads images, is prepared without threads', async () => {
  const { count, channels, labels, load } = folder.train;
  const plain = { count, channels, labels, load };
  expect(await source(plain, pools[2]!, recipes[2])(3)).toEqual(await source(folder.train, pools[0]!, recipes[2])(3));
});

test('an image that fails later stops with its name: the first of the batch, whichever thread had it; other batches go on', async () => {
  const { table } = folder.train.source as FilesSource;
  const pool = pools[3]!;
  const batch = source(folder.train, pool, {});
  const order = new Random({ seed: 1, stream: 'test.order', epoch: 0 }).permutation(40);
  const [gone, cut] = [order[2]!, order[5]!].map((index) => placeOf(table, index));
  await truncate(cut!, 60);
  expect(await caught(() => batch(0))).toMatch(
    new RegExp(
      `^error DATA_IMAGE_DAMAGED: The image cannot be decoded: .*\\.\\n {2}at ${cut!}\\n {2}hint: Replace the file or remove it\\.$`,
    ),
  );
  await unlink(gone!);
  const message = `error DATA_FILE_UNREADABLE: The file cannot be read: ENOENT.\n  at ${gone!}\n  hint: Check that it exists and may be read.`;
  for (const workers of [pools[0]!, pools[1]!, pool]) expect(await caught(() => source(folder.train, workers, {})(0))).toBe(message);
  expect((await batch(1)).count).toBe(8);
});

test('ending the threads rejects what they have not finished, and what is asked for afterwards', async () => {
  const pool = createDataWorkers({ count: 2 });
  const batch = source(inMemory, pool, recipes[2]);
  const begun = Promise.allSettled(Array.from({ length: 200 }, (_, step) => batch(step)));
  await pool.dispose();
  expect((await begun).filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
  await expect(batch(0)).rejects.toThrow('The data workers have ended.');
});
