import { singlePath } from '@nasc/core';
import { expect, test } from 'vitest';
import { nativeEngine } from './engine.ts';
import { mobileSpace, randomBatch, randomParameters } from './graphs.test-helper.ts';
import { cacheFolder, compileFor, programWith, sgd, smallSpace, stepOptions } from './programs.test-helper.ts';

const path = singlePath([0, 1, 2]);

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
  const { available, detail, identity } = await nativeEngine.probe({ threads: 2, cacheFolder });
  expect(available).toBe(true);
  expect(detail).toContain('C kernels for');
  expect(identity).toMatch(/^native:[0-9a-f]{16}:(avx512|avx2|neon|portable)$/);
});

test('the arena does not grow with the number of candidates, and holds two paths for two', async () => {
  const largest = { kernel: 7, expand: 6 };
  const one = await compileFor(wideSpace([largest]));
  const many = await compileFor(wideSpace([largest, { kernel: 3, expand: 3 }, { kernel: 5, expand: 3 }, { kernel: 5, expand: 6 }]));
  const two = await compileFor(wideSpace([largest, { kernel: 5, expand: 6 }]), { activePaths: 2 });
  expect(many.arenaBytes).toBe(one.arenaBytes);
  expect(two.arenaBytes).toBeGreaterThan(1.4 * one.arenaBytes!);
  for (const program of [one, many, two]) await program.dispose();
});

test('an aborted step rejects with the reason and leaves weights and gradients alone', async () => {
  const space = wideSpace([{ kernel: 7, expand: 6 }]);
  const parameters = randomParameters(space, 1);
  const program = await compileFor(space, { batchSize: 64 });
  await program.writeState({ parameters });
  const batch = randomBatch(space, 64, 1);
  const controller = new AbortController();
  const step = program.trainStep(batch, singlePath([0, 0]), { ...stepOptions, signal: controller.signal }, sgd);
  controller.abort(new Error('enough'));
  await expect(step).rejects.toThrow('enough');
  await expect(program.trainStep(batch, singlePath([0, 0]), { ...stepOptions, signal: controller.signal }, sgd)).rejects.toThrow('enough');
  const state = await program.readState();
  for (const [id, { data }] of parameters) if (!id.includes('.running')) expect(state.parameters.get(id)!.data).toEqual(data);
  for (const { data } of (await program.readGradients()).values()) expect(data.every((value) => value === 0)).toBe(true);
  const { loss } = await program.trainStep(batch, singlePath([0, 0]), stepOptions, sgd);
  expect(loss).toBeGreaterThan(0);
  await program.dispose();
});

test('dispose gives memory and threads back', async () => {
  const space = wideSpace([{ kernel: 7, expand: 6 }]);
  const batch = randomBatch(space, 64, 1);
  const parameters = randomParameters(space, 1);
  const run = async () => {
    const program = await compileFor(space, { batchSize: 64 });
    await program.writeState({ parameters });
    await program.forwardBackward(batch, singlePath([0, 0]), stepOptions);
    await program.dispose();
    return program.arenaBytes!;
  };
  const arenaBytes = await run();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 6; i++) await run();
  expect(process.memoryUsage.rss() - before).toBeLessThan(2 * arenaBytes);
  const program = await programWith();
  await program.dispose();
  await program.dispose();
  await expect(program.readState()).rejects.toThrow('ENGINE_DISPOSED');
});

test('wrong input is refused with what is wrong', async () => {
  const program = await programWith();
  const batch = randomBatch(smallSpace, 8, 1);
  const step = (changes: object, mixture = path) => program.forwardBackward({ ...batch, ...changes }, mixture, stepOptions);
  await expect(step({ count: 9 })).rejects.toThrow('ENGINE_BATCH_SIZE: A batch of 9 images was given to a program compiled for 8.');
  await expect(step({ images: new Float32Array(3) })).rejects.toThrow('ENGINE_SHAPE: images has 3 values; 5400 are expected.');
  await expect(step({}, singlePath([0, 1]))).rejects.toThrow('ENGINE_MIXTURE');
  await expect(step({}, singlePath([9, 1, 1]))).rejects.toThrow('ENGINE_MIXTURE: Mixture at "block0": there is no candidate 9.');
  await expect(step({}, [{ indices: [0, 1], weights: [1, 1] }, ...singlePath([0, 0])])).rejects.toThrow('compiled for 1');
  const unknown = new Map([['nowhere.weight', { shape: [1], data: new Float32Array(1) }]]);
  await expect(program.writeState({ parameters: unknown })).rejects.toThrow('ENGINE_UNKNOWN_PARAMETER');
  const first = program.forwardBackward(batch, path, stepOptions);
  await expect(program.readState()).rejects.toThrow('ENGINE_BUSY');
  await first;
  await program.dispose();
});
