import { mkdtemp, open, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchOf } from '../batches.ts';
import type { Augmentation, Batch, Dataset } from '../dataset.ts';
import { smallSet, writeFiles } from '../image-folder/images.test-helper.ts';
import { readImageFolder } from '../image-folder/read-image-folder.ts';
import { prepareSplit, wholeSplit } from '../prepared-dataset.ts';
import { createDataWorkers } from '../workers/data-workers.ts';

let root: string;
let dataset: Dataset;
const images = () => join(root, 'images');
const folder = () => join(root, 'cache');
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nasc-cache-'));
  await writeFiles(images(), await smallSet(12));
  dataset = (await readImageFolder(images(), { cacheFolder: folder() }))!;
});
afterEach(() => rm(root, { recursive: true, force: true }));

interface Run {
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly augmentation?: Augmentation;
  readonly size?: number;
}

/** Two epochs, in a run of its own. */
const epochs = async ({ memoryBytes = 0, diskBytes = 0, augmentation = { flip: true, crop: 1 }, size = 8 }: Run): Promise<Batch[]> => {
  const workers = createDataWorkers({ count: 0, cache: { memoryBytes, diskBytes, folder: folder() } });
  const subset = wholeSplit(prepareSplit(dataset.train, { height: size, width: size, workers }));
  const batches: Batch[] = [];
  for (let step = 0; step < 6; step++) {
    const normalisation = { mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] };
    batches.push(await batchOf(subset, { step, batchSize: 8, seed: 3, stream: 'test', normalisation, augmentation }));
  }
  return batches;
};

const cacheFiles = async () => (await readdir(folder())).filter((name) => name.endsWith('.images')).map((name) => join(folder(), name));

test.each<[string, Augmentation]>([
  ['at the size of the network', { flip: true, crop: 1 }],
  ['as they are, for random resized crops', { randomResizedCrop: {} }],
])('images %s: no cache, memory, disk, a little of each, and all of it later give the same bits', async (_, augmentation) => {
  const expected = await epochs({ augmentation });
  for (const limits of [
    { memoryBytes: 1e6 },
    { diskBytes: 1e6 },
    { memoryBytes: 1000, diskBytes: 1000 },
    { memoryBytes: 1e6, diskBytes: 1e6 },
  ]) {
    expect(await epochs({ ...limits, augmentation })).toEqual(expected);
  }
  // Nothing is left to decode: what the runs before kept is enough.
  await rm(images(), { recursive: true });
  expect(await epochs({ diskBytes: 1e6, augmentation })).toEqual(expected);
  await expect(epochs({ augmentation })).rejects.toThrow('DATA_FILE_UNREADABLE');
});

test('damaged, cut off and missing entries are made again', async () => {
  const expected = await epochs({ diskBytes: 1e6 });
  const [path] = await cacheFiles();
  const { size } = await stat(path!);
  for (const damage of ['byte', 'end', 'file']) {
    const file = await open(path!, 'r+');
    if (damage === 'byte') for (let at = 50; at < size; at += 97) await file.write(Uint8Array.of(at % 251), 0, 1, at);
    else await file.truncate(damage === 'end' ? size - 150 : 0);
    await file.close();
    expect(await epochs({ diskBytes: 1e6 })).toEqual(expected);
    expect((await stat(path!)).size).toBe(size);
  }
  await rm(images(), { recursive: true });
  expect(await epochs({ diskBytes: 1e6 })).toEqual(expected);
});

test('the limit holds: less is kept, and what was used longest ago goes first', async () => {
  const entry = 12 + 3 * 8 * 8;
  await epochs({ diskBytes: 10 * entry });
  const [first] = await cacheFiles();
  expect((await stat(first!)).size).toBeLessThanOrEqual(10 * entry);
  await utimes(first!, 1000, 1000);
  await epochs({ diskBytes: 1e6, size: 9 });
  expect((await cacheFiles()).length).toBe(2);
  const second = (await cacheFiles()).find((path) => path !== first)!;
  await utimes(second, 2000, 2000);
  // 24 entries of 10x10 leave 5 kB under the limit: one file of a block more than that has to go.
  await epochs({ diskBytes: 24 * (12 + 300) + 9000, size: 10 });
  const left = await cacheFiles();
  expect(left).not.toContain(first);
  expect(left).toContain(second);
});
