import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Supernet } from '../artifacts.ts';
import { openArtifactStore } from './artifact-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-store-'));
});
afterEach(() => rm(folder, { recursive: true }));

const supernet: Supernet = {
  weights: new Map([
    ['b', { shape: [2], data: Float32Array.of(1, -0) }],
    ['a', { shape: [1], data: Float32Array.of(2) }],
  ]),
  history: { columns: { loss: [-0, Number.NaN] } },
  cost: { imagesForwardBackward: 3 },
};

test('what is stored is handed on as a later run would read it', async () => {
  const store = openArtifactStore(folder);
  const { hash, value } = await store.put('supernet', supernet);
  expect([...value.weights.keys()]).toEqual(['a', 'b']);
  expect((await store.get('supernet', hash, () => {}))!.value).toEqual(value);
  expect(Object.is(value.history.columns['loss']![0], -0)).toBe(true);
});

test('the same artifact from many at once is one; a damaged one is replaced', async () => {
  const stores = Array.from({ length: 8 }, () => openArtifactStore(folder));
  const hashes = await Promise.all(stores.map(async (store) => (await store.put('supernet', supernet)).hash));
  expect(new Set(hashes).size).toBe(1);
  expect(await readdir(join(folder, 'artifacts', 'supernet'))).toEqual([hashes[0]]);

  const file = join(folder, 'artifacts', 'supernet', hashes[0]!, 'artifact.json');
  const whole = await readFile(file);
  await writeFile(file, '{}');
  const damaged: string[] = [];
  expect(await stores[0]!.get('supernet', hashes[0]!, (path) => damaged.push(path))).toBeUndefined();
  expect(damaged.length).toBe(1);
  await Promise.all(stores.map((store) => store.put('supernet', supernet)));
  expect([await readFile(file), await readdir(join(folder, 'artifacts', 'supernet'))]).toEqual([whole, [hashes[0]]]);
});

test('an entry that is no list of records counts as none', async () => {
  const store = openArtifactStore(folder);
  await store.remember('key', { hash: 'h', making: 1, consulted: {}, elapsedMs: 5 });
  expect(await store.records('key')).toEqual([{ hash: 'h', making: 1, consulted: {}, elapsedMs: 5 }]);
  for (const text of ['', '[{"hash":"h"', '{}']) {
    await writeFile(join(folder, 'keys', 'key.json'), text);
    expect(await store.records('key')).toEqual([]);
  }
});
