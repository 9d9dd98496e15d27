import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryCheckpoint, noCheckpoint } from '@nasc/core';
import type { DeployableNetwork, KeptStates, MeasureContext, PassContext } from '@nasc/core';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { buildGraph, float32, initialiseParameters, lookupOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { summariseOnnx } from '@nasc/onnx';
import { macros, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { deployedGraph } from '@nasc/transforms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execTarget } from './exec-target.ts';
import type { ExecOptions } from './options.ts';

let cacheFolder: string;
beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'nasc-exec-'));
});
afterAll(() => rm(cacheFolder, { recursive: true }));

const examples = join(import.meta.dirname, '../../../examples/exec');
const ops = lookupOf(primitiveOps);
const patterns = lookupOf(rewritingPatterns);
const registry = { ops: { ...ops, require: (name: string) => ops.get(name)! }, patterns };

const mbConv = (kernel: number, expansion: number) => ({
  name: `k${kernel}e${expansion}`,
  macro: 'mbConv',
  attributes: { width: 8, kernel, expansion, stride: 1 },
});

/** A stem, a choice with a shortcut, a head. */
const space: SearchSpaceGraph = buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
  const group = (id: string, macro: string, shortcut = false) => builder.group({ id, macro, attributes: {}, shortcut });
  const image = builder.input('image', float32(32, 32, 3));
  const stem = group('stem', 'convBnAct').macro('', 'convBnAct', [image], { width: 8, kernel: 3, stride: 1 });
  const around = group('block', 'choice', true);
  const zero = { name: 'zero', macro: 'zero', attributes: {} };
  const chosen = around.choice('choice', [stem], [mbConv(3, 1), mbConv(7, 6), zero]);
  return group('head', 'linearHead').macro('', 'linearHead', [around.op('add', 'add', [stem, chosen])], { classes: 10 });
});

const context = (changes: Partial<MeasureContext> = {}): MeasureContext => ({
  signal: new AbortController().signal,
  seed: 0,
  cacheFolder,
  registry,
  checkpoint: noCheckpoint(),
  progress: () => {},
  ...changes,
});

const targetOf = (options: Partial<ExecOptions> & Pick<ExecOptions, 'command'>) =>
  execTarget.create({ unit: 'ms', repeats: 1, opset: 15, timeoutSeconds: 60, env: {}, ...options }, { folder: examples });

/** Prints the size of the file in bytes, which is a latency as good as any for what does not care. */
const sizeOf = ['sh', '-c', 'wc -c < "$0"'];

const deployed = deployedGraph(space, [1], patterns);
const network: DeployableNetwork = {
  name: 'tiny',
  graph: deployed,
  weights: initialiseParameters(deployed, ops, 1),
  classes: Array.from({ length: 10 }, (_, index) => `class ${index}`),
  normalisation: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
};

describe('in ONNX Runtime, by the example', () => {
  const target = targetOf({ command: ['node', 'time-onnx.js', '{model}', '1'] });

  test('times networks and blocks by themselves, and leaves nothing behind', async () => {
    const timer = await target.timer!(space, context());
    expect(timer.seesBlocks).toBe(false);
    expect(timer.protocol).toEqual({ command: 'node time-onnx.js {model} 1', callsPerNetwork: 1 });
    await timer.restart();
    const { ms, blocks } = await timer.time([1], { blocks: true });
    expect(blocks).toBeUndefined();
    // Some forty times the work of the candidate.
    expect(ms).toBeGreaterThan((await timer.time([2], { blocks: false })).ms);
    const large = await timer.timeAlone!(0, 1);
    expect(large).toBeGreaterThan(0);
    expect(large).toBeGreaterThan(await timer.timeAlone!('head', 0));
    expect(await timer.timeAlone!(0, 2)).toBe(0); // Zero beside a shortcut
    await timer.dispose();
    expect(await readdir(cacheFolder)).toEqual([]);
  });

  test('measures what was emitted: every sample that the command printed', async () => {
    const emitted = await target.emit(network, undefined, { registry } as unknown as PassContext);
    const executable = await target.build!(emitted, network, context());
    expect(executable.run).toBeUndefined();
    const { raw, ...latency } = await executable.measure(context());
    expect(raw).toHaveLength(10);
    expect(latency).toMatchObject({ source: 'measured', samples: 10, deviceId: (await target.device()).id });
    expect(latency.ms).toBeGreaterThan(0);
    await executable.dispose();
  });
});

test('every network is a file of its own: one image, the operator set that was asked for', async () => {
  const timer = await targetOf({ command: ['sh', '-c', `cp "$0" ${cacheFolder}/seen.onnx; wc -c < "$0"`], opset: 18 }).timer!(
    space,
    context(),
  );
  const small = await timer.time([0], { blocks: false });
  const large = await timer.time([1], { blocks: false });
  expect(large.ms).toBeGreaterThan(small.ms);
  const seen = summariseOnnx(await readFile(join(cacheFolder, 'seen.onnx')));
  expect(seen.inputs).toEqual([{ name: 'image', shape: [1, 3, 32, 32] }]);
  expect(seen.opset).toBe(18);
  await rm(join(cacheFolder, 'seen.onnx'));
});

test('the median of all samples of all calls; calls that were made before an interruption are not made again', async () => {
  const counting = `n=$(cat count 2>/dev/null || echo 0); n=$((n+1)); echo $n > count; echo $n; echo $((n*10))`;
  const folder = await mkdtemp(join(cacheFolder, 'count-'));
  const target = execTarget.create(
    { command: ['sh', '-c', counting], unit: 'ms', repeats: 3, opset: 15, timeoutSeconds: 60, env: {} },
    { folder },
  );
  const emitted = await target.emit(network, undefined, { registry } as unknown as PassContext);
  const executable = await target.build!(emitted, network, context());
  const kept: KeptStates = new Map();
  const controller = new AbortController();
  const stopped = executable.measure(
    context({
      checkpoint: memoryCheckpoint(kept),
      signal: controller.signal,
      progress: (done) => done === 2 && controller.abort(new Error('stopped by the user')),
    }),
  );
  await expect(stopped).rejects.toThrow('stopped by the user');
  const { raw, ms, spread, samples } = await executable.measure(context({ checkpoint: memoryCheckpoint(kept) }));
  expect(raw).toEqual([1, 10, 2, 20, 3, 30]);
  expect([ms, spread, samples]).toEqual([6.5, 5, 6]);
  await rm(folder, { recursive: true });
});

test('emits the model and says how its latency is read', async () => {
  const target = targetOf({ command: 'trtexec --onnx={model} --fp16', device: 'Jetson Orin Nano', pattern: 'median = (\\S+)' });
  const { files, coverage } = await target.emit(network, undefined, { registry } as unknown as PassContext);
  expect([...files.keys()]).toEqual(['model.onnx', 'model.json', 'README.md']);
  expect(files.get('README.md')).toContain(
    'Latency is what `trtexec --onnx=model.onnx --fp16` prints, on Jetson Orin Nano, command trtexec --onnx={model} --fp16.',
  );
  expect(coverage.every(({ kind }) => kind === 'special')).toBe(true);
});

test('what changes the numbers is another device', async () => {
  const idOf = async (options: Partial<ExecOptions>) =>
    (await targetOf({ command: 'bench --fp16', device: 'Our Phone', ...options }).device()).id;
  const id = await idOf({});
  expect(id).toMatch(/^our-phone-[0-9a-f]{10}$/);
  for (const other of [
    { command: 'bench' },
    { device: 'Our phone' },
    { env: { THREADS: '2' } },
    { pattern: '(\\d+)' },
    { unit: 'us' as const },
    { opset: 13 },
  ])
    expect(await idOf(other)).not.toBe(id);
  expect(await idOf({ command: ['bench', '--fp16'], repeats: 5, timeoutSeconds: 5 })).toBe(id);
});

describe('when the command fails', () => {
  test('the file that it failed on is kept; an abort leaves nothing', async () => {
    const timer = await targetOf({ command: ['sh', '-c', 'echo no memory >&2; exit 1'] }).timer!(space, context());
    const text = await timer.time([0], { blocks: false }).then(
      () => 'no error',
      (error: unknown) => formatDiagnostics((error as DiagnosticError).diagnostics),
    );
    const path = /(\S+model\.onnx)/.exec(text)![1]!;
    expect(text).toBe(
      `error EXEC_FAILED: The command ended with exit code 1: sh -c 'echo no memory >&2; exit 1' ${path}
  It wrote, at last:
    no memory
  hint: Try it by hand: the ONNX file is kept where the command has it.`,
    );
    expect(summariseOnnx(await readFile(path)).inputs[0]!.name).toBe('image');
    await rm(join(path, '..'), { recursive: true });

    const controller = new AbortController();
    const slow = await targetOf({ command: ['sh', '-c', 'sleep 300'] }).timer!(space, context({ signal: controller.signal }));
    const work = slow.time([0], { blocks: false });
    setTimeout(() => controller.abort(new Error('stopped by the user')), 300);
    await expect(work).rejects.toThrow('stopped by the user');
    expect(await readdir(cacheFolder)).toEqual([]);
  });

  test('a pattern that cannot be used is found before anything runs', () => {
    expect(() => targetOf({ command: sizeOf, pattern: 'median' })).toThrow(DiagnosticError);
  });
});
