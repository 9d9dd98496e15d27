// The stage on a network that is "derived" here: random weights, running statistics as after some training.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig } from '@nasc/config';
import { createPipeline, definePart, definePlugin } from '@nasc/core';
import type { Artifacts, Plugin } from '@nasc/core';
import { inMemorySplit } from '@nasc/data';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { engineNativePlugin } from '@nasc/engine-native';
import { buildGraph, float32, hashGraph, initialiseParameters, lookupOf, parametersOf } from '@nasc/ir';
import type { OpDefinition } from '@nasc/ir';
import { onnxLowering, readOnnx, summariseOnnx } from '@nasc/onnx';
import { macros, opsPlugin, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { Random } from '@nasc/random';
import { targetOnnxRuntime } from '@nasc/target-onnxruntime';
import { instantiatePath } from '@nasc/transforms';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { exportStage } from './export-stage.ts';

// The first run compiles the engine.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

const shape = { height: 10, width: 9, channels: 3 };
const classes = ['cat', 'dog', 'owl'];
const ops = lookupOf(primitiveOps);

const space = buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
  const image = builder.input('input', float32(10, 9, 3));
  const stem = builder.group({ id: 'stem', macro: 'convBnAct', attributes: {}, shortcut: false });
  const features = stem.macro('', 'convBnAct', [image], { width: 8, kernel: 3, stride: 2 });
  const block = builder.group({ id: 'block', macro: 'choice', attributes: {}, shortcut: true });
  const candidates = [3, 5].map((kernel) => {
    return { name: `k${kernel}e3`, macro: 'mbConv', attributes: { kernel, expansion: 3, width: 8 } };
  });
  const sum = block.op('add', 'add', [features, block.choice('choice', [features], candidates)]);
  return builder.group({ id: 'head', macro: 'linearHead', attributes: {}, shortcut: false }).macro('', 'linearHead', [sum], { classes: 3 });
});
const choices = [1];
const graph = instantiatePath(space, choices);

const derivedNetwork = (): Artifacts['derived'] => {
  const weights = new Map(initialiseParameters(graph, ops, 0));
  for (const { id, spec } of parametersOf(graph, ops)) {
    if (spec.role === 'weight') continue;
    const random = new Random({ seed: 0, stream: id });
    const { shape: size, data } = weights.get(id)!;
    weights.set(id, { shape: size, data: data.map((value) => value + 0.4 * (random.uniform() - 0.5)) });
  }
  const accuracy = { correct: 0, correctTop5: undefined, count: 0, crossEntropy: 0 };
  return { graph, weights, history: { columns: {} }, validation: accuracy, test: accuracy };
};

const normalisation = { mean: [0.5, 0.4, 0.3], std: [0.25, 0.25, 0.2] };

const latency = { ms: 1, source: 'measured', samples: 1, spread: 0, deviceId: 'bench-1' } as const;
const costModel: Artifacts['costModel'] = {
  target: 'onnxruntime',
  profile: { device: { id: 'bench-1', description: 'a bench' }, protocol: {}, blocks: {}, spaces: [] },
  predictor: 'table',
  facts: {},
  accuracy: undefined,
  choices: [[latency, latency]],
  fixed: {},
};
const architecture: Artifacts['architecture'] = { choices, predictedMs: 1, measuredMs: undefined, costs: [], rounds: [] };

/** A data set, and the artifacts that the stage consumes. */
const before = definePlugin({
  name: 'before',
  apiVersion: 1,
  setup(api) {
    api.addDataset({
      name: 'noise',
      description: 'Random images.',
      optionsSchema: { type: 'object' },
      load: async () => {
        const random = new Random({ seed: 0, stream: 'noise' });
        const pixels = Uint8Array.from({ length: 100 * 270 }, () => random.integer(256));
        const split = inMemorySplit(
          shape,
          pixels,
          Uint16Array.from({ length: 100 }, (_, index) => index % 3),
        );
        return {
          name: 'noise',
          classes,
          ...shape,
          train: split,
          test: split,
          manifestHash: 'noise',
          source: 'this test',
          defaultAugmentation: {},
        };
      },
    });
    const task = {
      dataset: 'noise',
      classes,
      inputShape: [10, 9, 3] as const,
      normalisation,
      evaluationCrop: 0.875,
      manifestHash: 'noise',
    };
    api.addPart(
      definePart({
        stage: 'expand',
        name: 'expand',
        consumes: [],
        produces: 'searchSpace',
        per: 'run',
        dependsOn: [],
        reads: () => ({}),
        passes: [{ name: 'giveSpace', run: () => ({ name: 'one-choice', task, graph: space, costs: {} }) }],
      }),
    );
    const ofTarget = { consumes: [], per: 'network', dependsOn: [], reads: () => ({}) } as const;
    const passes = [{ name: 'giveCosts', run: () => costModel }] as const;
    api.addPart(definePart({ ...ofTarget, stage: 'annotate', name: 'annotate', produces: 'costModel', passes }));
    const select = [{ name: 'giveArchitecture', run: () => architecture }] as const;
    api.addPart(definePart({ ...ofTarget, stage: 'derive', name: 'select', produces: 'architecture', passes: select }));
    const retrain = [{ name: 'giveNetwork', run: derivedNetwork }] as const;
    api.addPart(definePart({ ...ofTarget, stage: 'derive', name: 'retrain', produces: 'derived', passes: retrain }));
  },
});

const exportWith = async (opPlugin: Plugin, options: object = {}) => {
  const config = validateConfig(
    {
      task: { dataset: 'noise' },
      space: 'one-choice',
      seed: 7,
      targets: ['onnxruntime'],
      threads: 1,
      export: { verifyImages: 80, ...options },
      cacheDir: folder,
      outDir: join(folder, 'out'),
    },
    'nasc.config.json',
  );
  const plugins = [opPlugin, engineNativePlugin, targetOnnxRuntime, before, exportStage];
  return createPipeline(config, { plugins, folder }).run({ to: 'export' });
};

test('folds, writes and verifies', async () => {
  const { folded, onnx } = await exportWith(opsPlugin);
  expect(folded!.graph.nodes.map(({ op }) => op)).not.toContain('batchNorm');
  expect(onnx!.opset).toBe(15);
  expect(onnx!.verification).toMatchObject({ images: 80, sameClass: 80 });
  expect(onnx!.verification.relativeError).toBeLessThan(1e-5);
  expect(summariseOnnx(onnx!.bytes).nodeCounts['BatchNormalization']).toBeUndefined();
});

test('the file says what it is for and what it was made of', async () => {
  const { onnx } = await exportWith(opsPlugin);
  const { blocks, latencyProfile, ...metadata } = summariseOnnx(onnx!.bytes).metadata;
  expect(metadata).toEqual({
    dataset: 'noise',
    datasetHash: 'noise',
    classes: '["cat","dog","owl"]',
    mean: '[0.5,0.4,0.3]',
    std: '[0.25,0.25,0.2]',
    pixelRange: '[0,255]',
    normalisation: '(pixel / 255 - mean) / std, per channel',
    evaluationCrop: '0.875',
    layout: 'NCHW',
    space: 'one-choice',
    choices: '{"block.choice":"k5e3"}',
    target: 'onnxruntime',
    device: 'a bench',
    deviceId: 'bench-1',
    seed: '7',
  });
  expect(JSON.parse(blocks!)).toContainEqual({
    id: 'block',
    macro: 'mbConv',
    attributes: expect.objectContaining({ kernel: 5, expansion: 3, width: 8 }) as unknown,
    position: 1,
    shortcut: true,
  });
  // The folder of the cost model that the search used.
  expect(await readdir(join(folder, 'artifacts', 'costModel'))).toContain(latencyProfile);
});

test('the file is read back as the network that was exported', async () => {
  const { folded, onnx } = await exportWith(opsPlugin);
  const read = readOnnx(onnx!.bytes, ops);
  expect(hashGraph(read.graph)).toBe(hashGraph(folded!.graph));
  expect(read.weights).toEqual(folded!.weights);
});

test('writes one image a call where that is asked for, and verifies it all the same', async () => {
  const { onnx } = await exportWith(opsPlugin, { dynamicBatch: false });
  expect(summariseOnnx(onnx!.bytes).inputs).toEqual([{ name: 'input', shape: [1, 3, 10, 9] }]);
  expect(onnx!.verification).toMatchObject({ images: 80, sameClass: 80 });
});

test('writes the configured operator set', async () => {
  const { onnx } = await exportWith(opsPlugin, { opset: 13 });
  expect(onnx!.opset).toBe(13);
  expect(summariseOnnx(onnx!.bytes).opset).toBe(13);
});

test('a model that is not the network ends the stage, and the node that differs is named', async () => {
  const relu6 = ops.get('relu6')!;
  const wrong: OpDefinition = {
    ...relu6,
    lower: { ...relu6.lower, onnx: onnxLowering({ emit: (_view, [x], emitter) => emitter.node('Sigmoid', [x!]) }) },
  };
  const wrongOps = definePlugin({
    name: 'ops',
    apiVersion: 1,
    setup(api) {
      for (const op of primitiveOps) api.addOp(op.name === 'relu6' ? wrong : op);
      for (const pattern of rewritingPatterns) api.addPattern(pattern);
    },
  });
  const failure = await exportWith(wrongOps).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(DiagnosticError);
  expect(formatDiagnostics((failure as DiagnosticError).diagnostics)).toMatch(
    /^error ONNX_MISMATCH: .*\n {2}at stem\.act, stage export, pass verifyOnnx\n {2}hint: The ONNX lowering of op "relu6" computes/,
  );
});
