import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryCheckpoint, noCheckpoint } from '@nasc/core';
import type { KeptStates, MeasureContext } from '@nasc/core';
import { buildGraph, choicesOf, float32, lookupOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { macros, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callKey } from './measure-blocks.ts';
import { onnxRuntimeTarget } from './onnxruntime-target.ts';

let cacheFolder: string;
beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'nasc-blocks-'));
});
afterAll(() => rm(cacheFolder, { recursive: true }));

const ops = lookupOf(primitiveOps);

const mbConv = (kernel: number, expansion: number) => ({
  name: `k${kernel}e${expansion}`,
  macro: 'mbConv',
  attributes: { width: 8, kernel, expansion, stride: 1 },
});

/** A stem, blocks that are choices between two convolutions and, after the first, Zero; a head. */
const space = (blocks: number): SearchSpaceGraph =>
  buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
    let x = builder.input('image', float32(16, 16, 1));
    const stem = builder.group({ id: 'stem', macro: 'convBnAct', attributes: {}, shortcut: false });
    x = stem.macro('', 'convBnAct', [x], { width: 8, kernel: 3, stride: 2 });
    for (let block = 0; block < blocks; block++) {
      const group = builder.group({ id: `block${block}`, macro: 'choice', attributes: {}, shortcut: block > 0 });
      const zero = block > 0 ? [{ name: 'zero', macro: 'zero', attributes: {} }] : [];
      const chosen = group.choice('choice', [x], [mbConv(3, 3), mbConv(7, 6), ...zero]);
      x = block > 0 ? group.op('add', 'add', [x, chosen]) : chosen;
    }
    return builder
      .group({ id: 'head', macro: 'linearHead', attributes: {}, shortcut: false })
      .macro('', 'linearHead', [x], { classes: 10 });
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

test('every candidate and every fixed block has a measured latency, kept as it is; Zero costs nothing; profiles are cleaned up', async () => {
  const target = onnxRuntimeTarget.create({ threads: 1 }, { folder: '.' });
  const graph = space(2);
  const kept: KeptStates = new Map();
  const progress: number[] = [];
  const measured = await target.measureBlocks!(
    graph,
    context({ checkpoint: memoryCheckpoint(kept), progress: (done, total) => progress.push(done / total) }),
  );

  expect(measured.device).toEqual(await target.device());
  expect(measured.choices.map((values) => values.length)).toEqual(choicesOf(graph).map((choice) => choice.candidates.length));
  const values = measured.choices.flat();
  const isZero = choicesOf(graph).flatMap((choice) => choice.candidates.map(({ name }) => name === 'zero'));
  expect(values.filter((_, index) => isZero[index]).map(({ ms }) => ms)).toEqual([0]);
  // A block of microseconds may be fitted to nothing, but not all of them.
  expect(values.some(({ ms }) => ms > 0)).toBe(true);
  expect(values.every(({ ms, source, samples }) => ms >= 0 && source === 'measured' && samples >= 8)).toBe(true);
  expect(Object.keys(measured.fixed)).toEqual([callKey, 'stem', 'head']);
  expect(measured.protocol).toMatchObject({ networks: 27, heldOutNetworks: 3 });
  expect(progress.at(-1)).toBe(1);
  // What is finished is not measured again.
  expect(await target.measureBlocks!(graph, context({ checkpoint: memoryCheckpoint(kept) }))).toEqual(measured);
  expect(await readdir(cacheFolder)).toEqual([]);
}, 180_000);

test('an abort ends the measuring', async () => {
  const aborted = context({ signal: AbortSignal.abort(new Error('stopped by the user')) });
  await expect(onnxRuntimeTarget.create({ threads: 1 }, { folder: '.' }).measureBlocks!(space(1), aborted)).rejects.toThrow(
    'stopped by the user',
  );
});
