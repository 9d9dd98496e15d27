import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { validateOptions } from '@nasc/config';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { caught } from '../../../packages/diagnostics/src/caught.test-helper.ts';
import { contextOf } from './dataset.test-helper.ts';
import { imageFolder } from './image-folder.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nasc-images-'));
  for (const [index, name] of ['train/cat', 'train/dog', 'test/cat'].entries()) {
    await mkdir(join(root, 'pets', name), { recursive: true });
    const image = sharp({ create: { width: 6, height: 4, channels: 3, background: { r: 60 * index, g: 9, b: 9 } } });
    await image.png().toFile(join(root, 'pets', name, '1.png'));
  }
});
afterAll(() => rm(root, { recursive: true }));

const load = (options: Readonly<Record<string, unknown>>, ...folders: readonly string[]) =>
  imageFolder.load(validateOptions(imageFolder.optionsSchema, options, '/task/dataset'), contextOf(...folders));

test('a folder of the search path, as it is or at another resolution, in colour or grey', async () => {
  const whole = await load({ path: 'pets' }, '/nonexistent', root);
  expect(whole).toMatchObject({ name: 'pets', classes: ['cat', 'dog'], height: 4, width: 6, channels: 3, source: join(root, 'pets') });
  const small = await load({ path: join(root, 'pets'), resolution: 2, channels: 1 });
  expect(small).toMatchObject({ height: 2, width: 2, channels: 1, train: { count: 2 }, test: { count: 1 } });
  expect(small.manifestHash).not.toBe(whole.manifestHash);
});

test('a folder that is not there: the places are named', async () => {
  expect(await caught(() => load({ path: 'birds' }, root))).toBe(
    `error DATASET_FOLDER_NOT_FOUND: There is no folder or archive "birds"; looked for ${resolve('birds')}, ${join(root, 'birds')}.\n` +
      '  at #/task/dataset/path\n' +
      '  hint: Give an absolute path, or one relative to the working directory or to a folder of the search path.',
  );
});

test('options are checked', async () => {
  const message = await caught(() => load({ path: 'pets', channels: 2 }, root));
  expect(message).toContain('/task/dataset/channels');
  expect(await caught(() => load({}, root))).toContain('path');
});
