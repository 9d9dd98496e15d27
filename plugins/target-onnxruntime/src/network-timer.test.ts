import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noCheckpoint } from '@nasc/core';
import type { MeasureContext, NetworkTimer } from '@nasc/core';
import { buildGraph, float32, lookupOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { macros, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onnxRuntimeTarget } from './onnxruntime-target.ts';

let cacheFolder: string;
beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'nasc-timer-'));
});
afterAll(() => rm(cacheFolder, { recursive: true }));

const ops = lookupOf(primitiveOps);

const mbConv = (kernel: number, expansion: number) => ({
  name: `k${kernel}e${expansion}`,
  macro: 'mbConv',
  attributes: { width: 16, kernel, expansion, stride: 1 },
});

/** A stem, two choices, the second with a shortcut, a fixed block that joins both, a head. */
const space: SearchSpaceGraph = buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
  const group = (id: string, macro: string, shortcut = false) => builder.group({ id, macro, attributes: {}, shortcut });
  const image = builder.input('image', float32(32, 32, 3));
  const stem = group('stem', 'convBnAct').macro('', 'convBnAct', [image], { width: 16, kernel: 3, stride: 1 });
  const first = group('first', 'choice').choice('choice', [stem], [mbConv(3, 3), mbConv(7, 6)]);
  const around = group('second', 'choice', true);
  const chosen = around.choice('choice', [first], [mbConv(3, 3), { name: 'zero', macro: 'zero', attributes: {} }]);
  const second = around.op('add', 'add', [first, chosen]);
  const joined = group('join', 'add').op('', 'add', [second, stem]);
  return group('head', 'linearHead').macro('', 'linearHead', [joined], { classes: 10 });
});

const context = (changes: Partial<MeasureContext> = {}): MeasureContext => ({
  signal: new AbortController().signal,
  seed: 0,
  cacheFolder,
  registry: { ops: { ...ops, require: (name) => ops.get(name)! }, patterns: lookupOf(rewritingPatterns) },
  checkpoint: noCheckpoint(),
  progress: () => {},
  ...changes,
});

const withTimer = async <T>(use: (timer: NetworkTimer) => Promise<T>, changes: Partial<MeasureContext> = {}): Promise<T> => {
  const timer = await onnxRuntimeTarget.create({ threads: 1 }, { folder: '.' }).timer!(space, context(changes));
  try {
    return await use(timer);
  } finally {
    await timer.dispose();
  }
};

test('times a network as a whole and by its blocks, again after a restart, and leaves nothing behind', async () => {
  await withTimer(async (timer) => {
    expect(timer.seesBlocks).toBe(true);
    const { ms, blocks } = await timer.time([1, 0], { blocks: true });
    expect(new Set(blocks!.keys())).toEqual(new Set([0, 1, 'stem', 'join', 'head']));
    const sum = [...blocks!.values()].reduce((total, blockMs) => total + blockMs, 0);
    // Most of a call is spent in kernels, on a busy machine, too.
    expect(sum).toBeGreaterThan(ms / 4);
    expect(sum).toBeLessThan(ms * 4);
    // Ten times the work of the second block.
    expect(blocks!.get(0)!).toBeGreaterThan(blocks!.get(1)!);

    await timer.restart();
    // What computes nothing has no time.
    const smaller = await timer.time([0, 1], { blocks: true });
    expect(smaller.blocks!.get(0)).toBeGreaterThan(0);
    expect(smaller.blocks!.has(1)).toBe(false);
    expect(await timer.time([0, 1], { blocks: false })).toEqual({ ms: expect.any(Number) as number });
  });
  expect(await readdir(cacheFolder)).toEqual([]);
}, 60_000);

test('times a block by itself, whatever it reads; a block that computes nothing takes no time', async () => {
  await withTimer(async (timer) => {
    expect(await timer.timeAlone!(0, 1)).toBeGreaterThan(await timer.timeAlone!(0, 0));
    expect(await timer.timeAlone!(1, 0)).toBeGreaterThan(0);
    expect(await timer.timeAlone!(1, 1)).toBe(0);
    expect(await timer.timeAlone!('stem', 0)).toBeGreaterThan(0);
    expect(await timer.timeAlone!('join', 0)).toBeGreaterThanOrEqual(0); // two inputs
    expect(await timer.timeAlone!('head', 0)).toBeGreaterThanOrEqual(0);
  });
  expect(await readdir(cacheFolder)).toEqual([]);
}, 60_000);

test('an abort ends the timing', async () => {
  const aborted = { signal: AbortSignal.abort(new Error('stopped by the user')) };
  await withTimer(async (timer) => {
    await expect(timer.time([0, 0], { blocks: true })).rejects.toThrow('stopped by the user');
    await expect(timer.timeAlone!(0, 0)).rejects.toThrow('stopped by the user');
  }, aborted);
  expect(await readdir(cacheFolder)).toEqual([]);
});
