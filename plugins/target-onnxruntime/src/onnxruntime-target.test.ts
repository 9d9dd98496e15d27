import { buildGraph, asNetwork, float32, initialiseParameters, lookupOf } from '@nasc/ir';
import { noCheckpoint } from '@nasc/core';
import type { DeployableNetwork, MeasureContext, PassContext } from '@nasc/core';
import { macros, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { summariseOnnx, writeOnnx } from '@nasc/onnx';
import { deployedGraph } from '@nasc/transforms';
import { expect, test } from 'vitest';
import { onnxRuntimeTarget } from './onnxruntime-target.ts';

const ops = lookupOf(primitiveOps);
const patterns = lookupOf(rewritingPatterns);
const registry = { ops: { ...ops, require: (name: string) => ops.get(name)! }, patterns };

const graph = deployedGraph(
  asNetwork(
    buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
      const image = builder.input('image', float32(8, 8, 3));
      const stem = builder.group({ id: 'stem', macro: 'convBnAct', attributes: {}, shortcut: false });
      const features = stem.macro('', 'convBnAct', [image], { width: 8, kernel: 3, stride: 2, activation: 'hSwish' });
      const head = builder.group({ id: 'head', macro: 'linearHead', attributes: {}, shortcut: false });
      return head.macro('', 'linearHead', [features], { classes: 2 });
    }),
  ),
  [],
  patterns,
);
const network: DeployableNetwork = {
  name: 'tiny',
  graph,
  weights: initialiseParameters(graph, ops, 0),
  classes: ['cat', 'dog'],
  normalisation: { mean: [0.5, 0.4, 0.3], std: [0.25, 0.25, 0.2] },
};
const target = onnxRuntimeTarget.create({ threads: 1, sampleMs: 1 }, { folder: '.' });
// What `emit` and `build` use of their contexts.
const emitContext = { registry } as unknown as PassContext;
const measureContext: MeasureContext = {
  signal: new AbortController().signal,
  seed: 0,
  cacheFolder: 'unused',
  registry,
  checkpoint: noCheckpoint(),
  progress: () => undefined,
};

test('emits the model, its description and how to call it', async () => {
  const { files, coverage } = await target.emit(network, undefined, emitContext);
  expect([...files.keys()]).toEqual(['model.onnx', 'model.json', 'README.md']);
  expect(summariseOnnx(files.get('model.onnx') as Uint8Array).inputs).toEqual([{ name: 'image', shape: ['batch', 3, 8, 8] }]);
  expect(JSON.parse(files.get('model.json') as string)).toEqual({
    model: 'model.onnx',
    input: { name: 'image', layout: 'NCHW', shape: ['batch', 3, 8, 8], dtype: 'float32' },
    output: { name: 'logits', shape: ['batch', 2], dtype: 'float32' },
    normalisation: network.normalisation,
    classes: ['cat', 'dog'],
    threads: 1,
  });
  expect(files.get('README.md')).toContain('mean [0.5, 0.4, 0.3], std [0.25, 0.25, 0.2]');
  expect(coverage.map(({ node, kernel, kind }) => [node, kernel, kind])).toEqual([
    ['stem.conv', 'Conv', 'special'],
    ['stem.act', 'HardSwish', 'special'],
    ['head.pool', 'GlobalAveragePool + Flatten', 'special'],
    ['head.logits', 'Gemm', 'special'],
  ]);
});

test('what is emitted beside a model of one image a call says so', async () => {
  const model = writeOnnx(network.graph, network.weights, ops, { name: 'tiny', dynamicBatch: false });
  const { files } = await target.emit(network, model, emitContext);
  expect(JSON.parse(files.get('model.json') as string)).toMatchObject({ input: { shape: [1, 3, 8, 8] }, output: { shape: [1, 2] } });
  expect(files.get('README.md')).toContain('float32 `[1, 3, 8, 8]` (channels first); output `logits`, float32 `[1, 2]`');
});

test('a model that was verified before is passed on byte for byte', async () => {
  const first = await target.emit(network, undefined, emitContext);
  const model = first.files.get('model.onnx') as Uint8Array;
  expect((await target.emit(network, model, emitContext)).files.get('model.onnx')).toBe(model);
});

test('runs and measures what was emitted', async () => {
  const executable = await target.build!(await target.emit(network, undefined, emitContext), network, measureContext);
  try {
    const logits = await executable.run!(new Float32Array(3 * 192).fill(1), 3);
    expect(logits).toHaveLength(6);
    expect(logits.slice(0, 2)).toEqual(logits.slice(4, 6));
    const { raw, ...latency } = await executable.measure(measureContext);
    expect(raw).toHaveLength(30);
    expect(latency).toMatchObject({ source: 'measured', samples: 30, deviceId: (await target.device()).id });
    expect(latency.ms).toBeGreaterThan(0);
  } finally {
    await executable.dispose();
  }
});

test('supports what has an ONNX lowering, and says why not', () => {
  const [conv] = graph.nodes;
  expect(target.supports(conv!, registry)).toBe(true);
  expect(target.supports({ ...conv!, op: 'fourier' }, registry)).toBe('op "fourier" has no ONNX lowering');
});

test('another number of threads is another device', async () => {
  expect((await onnxRuntimeTarget.create({ threads: 2 }, { folder: '.' }).device()).id).not.toBe((await target.device()).id);
});
