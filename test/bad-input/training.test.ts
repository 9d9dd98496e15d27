// What stops a training, through the command line; the engine is compiled once for all of it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../packages/cli/src/io.test-helper.ts';
import { config, smallSpace } from './bad-input.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-training-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The messages of `nasc run --to train`, from the first error on. */
const train = async (changes: object): Promise<{ code: number; text: string }> => {
  await writeFile(join(folder, 'nasc.config.json'), JSON.stringify({ ...config, space: smallSpace, engine: 'native', ...changes }));
  const { code, stderr } = await runCli(['run', '--to', 'train'], { folder });
  return { code, text: stderr.slice(stderr.indexOf('error')) };
};

test('a loss that is no number: the step, the last good one and what to try', async () => {
  const { code, text } = await train({
    task: { dataset: 'mnist', searchImages: 6000 },
    train: { epochs: 1, optimizer: { learningRate: 1e30 } },
  });
  expect(code).toBe(1);
  expect(text).toMatch(
    /^error TRAINING_DIVERGED: Training diverged at step \d+ of 15, learning rate \d\.\d+e\+\d+: the loss is not a number\. The last good step is \d+, loss [\d.e+]+\.\n {2}at nasc\.config\.json#\/train, stage train, pass warm-up\n {2}hint: Lower the learning rate, or raise warmUpSteps so that it rises more slowly: the training then begins anew\. The same recipe would .*diverge again\.\n$/,
  );
});

test('batches that no memory holds', async () => {
  const { code, text } = await train({
    task: { dataset: { name: 'mnist', resolution: 1024 }, searchImages: 60_000 },
    train: { epochs: 1, batchSize: 55_000 },
  });
  expect(code).toBe(1);
  expect(text).toMatch(
    /^error ENGINE_OUT_OF_MEMORY: The training program needs \d+ MiB, which could not be had\.\n {2}stage train, pass warm-up\n {2}hint: Use smaller batches \(`batchSize`\) or smaller images \(`input\.resolution` of the space\)\.\n$/,
  );
});
