import { tmpdir } from 'node:os';
import { singlePath } from '@nasc/core';
import { expect, test } from 'vitest';
import { compileFor, native, programWith } from '../../../test/engines/engine-under-test.ts';
import { mobileSpace, randomBatch, randomParameters } from '../../../test/engines/graphs.ts';
import { stepOptions } from '../../../test/engines/small-space.ts';

const wideSpace = (candidates: readonly { readonly kernel: number; readonly expand: number }[]) =>
  mobileSpace({
    size: 32,
    channels: 3,
    stem: 16,
    blocks: [
      { width: 16, candidates },
      { width: 16, candidates },
    ],
    head: 32,
    classes: 10,
  });

test('probe tells what it runs on', async () => {
  const { available, detail, identity } = await native.engine.probe({ threads: 2, cacheFolder: tmpdir() });
  expect(available).toBe(true);
  expect(detail).toContain('C kernels for');
  expect(identity).toMatch(/^native:[0-9a-f]{16}:(avx512|avx2|neon|portable)$/);
});

test('the arena does not grow with the number of candidates, and holds two paths for two', async () => {
  const largest = { kernel: 7, expand: 6 };
  const one = await compileFor(native, wideSpace([largest]));
  const many = await compileFor(native, wideSpace([largest, { kernel: 3, expand: 3 }, { kernel: 5, expand: 3 }, { kernel: 5, expand: 6 }]));
  const two = await compileFor(native, wideSpace([largest, { kernel: 5, expand: 6 }]), { activePaths: 2 });
  expect(many.arenaBytes).toBe(one.arenaBytes);
  expect(two.arenaBytes).toBeGreaterThan(1.4 * one.arenaBytes!);
  for (const program of [one, many, two]) await program.dispose();
});

test('dispose gives memory and threads back', async () => {
  const space = wideSpace([{ kernel: 7, expand: 6 }]);
  const batch = randomBatch(space, 64, 1);
  const parameters = randomParameters(space, 1);
  const run = async () => {
    const program = await compileFor(native, space, { batchSize: 64 });
    await program.writeState({ parameters });
    await program.forwardBackward(batch, singlePath([0, 0]), stepOptions);
    await program.dispose();
    return program.arenaBytes!;
  };
  const arenaBytes = await run();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 6; i++) await run();
  expect(process.memoryUsage.rss() - before).toBeLessThan(2 * arenaBytes);
  const program = await programWith(native);
  await program.dispose();
  await program.dispose();
  await expect(program.readState()).rejects.toThrow('ENGINE_DISPOSED');
});
