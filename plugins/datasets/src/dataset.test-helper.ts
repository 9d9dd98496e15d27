// What the tests of several data sets share: a context and small IDX files.
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetContext } from '@nasc/core';
import { createDataWorkers, idxFileNames } from '@nasc/data';

export const contextOf = (...searchPath: readonly string[]): DatasetContext => ({
  searchPath,
  cacheFolder: join(searchPath.at(-1) ?? tmpdir(), 'cache'),
  workers: createDataWorkers({ count: 0 }),
  signal: new AbortController().signal,
  progress: () => {},
});

const idx = (shape: readonly number[], value: (i: number) => number): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length, 0);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  const count = shape.reduce((product, size) => product * size, 1);
  return Buffer.concat([header, Uint8Array.from({ length: count }, (_, i) => value(i))]);
};

/** 20 + 10 images of 4x4 with labels in turn, in the four files of the MNIST family. */
export const writeIdxFiles = async (folder: string, names: readonly string[] = Object.values(idxFileNames)): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const count = name.startsWith('train') ? 20 : 10;
    const bytes = name.includes('images') ? idx([count, 4, 4], (i) => (i * 11) % 256) : idx([count], (i) => i % 10);
    await writeFile(join(folder, name), bytes);
  }
};
