// The whole stage on a small network and real compilation: accepted where the code agrees with the ONNX file, refused
// where it does not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig } from '@nasc/config';
import type { FoldedNetwork, GeneratedFiles, OnnxModel, PassContext, SearchSpaceArtifact, Target } from '@nasc/core';
import { noCheckpoint, setUpPlugins, trackedRegistry } from '@nasc/core';
import { inMemorySplit } from '@nasc/data';
import type { Dataset } from '@nasc/data';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { buildNetwork, float32, initialiseParameters } from '@nasc/ir';
import { createOnnxSession, writeOnnx } from '@nasc/onnx';
import { opsPlugin } from '@nasc/ops';
import { Random } from '@nasc/random';
import { targetCpu } from '@nasc/target-cpu';
import { afterAll, describe, expect, it } from 'vitest';
import { codegenStage } from './codegen-stage.ts';
import { scoreLogits } from './evaluate-code.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-codegen-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const host = await setUpPlugins([opsPlugin, targetCpu, codegenStage]);
const registry = trackedRegistry(host.registrations, {});
const { passes } = host.parts.find(({ part }) => part.stage === 'codegen')!;

const classes = ['left', 'middle', 'right'];
const normalisation = { mean: [0.4], std: [0.3] };
const randomSplit = (count: number) => {
  const random = new Random({ seed: count, stream: 'test.images' });
  const pixels = Uint8Array.from({ length: count * 64 }, () => random.integer(256));
  return inMemorySplit(
    { height: 8, width: 8, channels: 1 },
    pixels,
    Uint16Array.from({ length: count }, () => random.integer(3)),
  );
};
const dataset: Dataset = {
  name: 'noise',
  classes,
  height: 8,
  width: 8,
  channels: 1,
  train: randomSplit(4),
  test: randomSplit(2500),
  manifestHash: 'none',
  source: 'test',
  defaultAugmentation: {},
};

const graph = buildNetwork(registry, (builder) => {
  const image = builder.input('image', float32(8, 8, 1));
  const stem = builder.group({ id: 'stem', macro: 'convBnAct', attributes: {}, shortcut: false });
  const features = stem.op('act', 'relu6', [stem.op('conv', 'conv2d', [image], { width: 16, kernel: 3, bias: true })]);
  const head = builder.group({ id: 'head', macro: 'classifier', attributes: {}, shortcut: false });
  return head.op('logits', 'linear', [head.op('pool', 'globalAvgPool', [features])], { width: 3 });
});
const folded: FoldedNetwork = { graph, weights: initialiseParameters(graph, registry.ops, 1) };
const onnxOf = (seed: number): OnnxModel => ({
  bytes: writeOnnx(graph, initialiseParameters(graph, registry.ops, seed), registry.ops, { name: 'tiny', opset: 15 }),
  opset: 15,
  verification: { images: 0, maximumError: 0, relativeError: 0, sameClass: 0 },
});
const searchSpace: SearchSpaceArtifact = {
  name: 'tiny space',
  task: { dataset: 'noise', classes, inputShape: [8, 8, 1], normalisation, evaluationCrop: 1, manifestHash: 'none' },
  graph,
  costs: {},
};

const runStage = async (target: Target, onnx: OnnxModel): Promise<{ files: GeneratedFiles; reported: Diagnostic[] }> => {
  const reported: Diagnostic[] = [];
  const context: PassContext = {
    config: validateConfig({ task: { dataset: 'noise' }, space: 'tiny', targets: ['cpu'], export: { verifyImages: 50 } }, 'test'),
    folder: cacheFolder,
    signal: new AbortController().signal,
    inputHashes: {},
    registry,
    target,
    limits: {},
    engine: () => Promise.reject(new Error('not in this stage')),
    dataset: () => Promise.resolve(dataset),
    latencyPredictor: () => {
      throw new Error('not in this stage');
    },
    cacheFolder,
    report: (diagnostic) => reported.push(diagnostic),
    checkpoint: noCheckpoint(),
    progress: () => {},
  };
  let value: unknown = { folded, onnx, searchSpace };
  for (const { pass } of passes) value = await pass.run(value as never, context);
  return { files: value as GeneratedFiles, reported };
};

const failure = (target: Target, onnx: OnnxModel): Promise<string> =>
  runStage(target, onnx).then(
    () => 'no error',
    (error: unknown) => {
      if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
      throw error;
    },
  );

const cpu = registry.targets.require('cpu').create({ sampleMs: 1 }, { folder: '.' });

describe('codegen', () => {
  it('writes code that agrees with ONNX Runtime, evaluates it on all test images, and times it', async () => {
    const onnx = onnxOf(1);
    const { files, reported } = await runStage(cpu, onnx);
    expect(reported).toEqual([]);
    expect([...files.files.keys()]).toContain('tiny_space_noise.h');
    expect(files.verification).toMatchObject({ images: 50, sameClass: 50 });
    expect(files.verification!.relativeError).toBeLessThan(1e-5);
    expect(files.latency).toMatchObject({ source: 'measured', samples: 30 });
    expect(files.latency!.ms).toBeGreaterThan(0);

    // Accuracy and cross-entropy again, through ONNX Runtime.
    const session = await createOnnxSession(onnx.bytes);
    const images = Float32Array.from(randomSplit(2500).pixels, (byte) => (byte / 255 - 0.4) / 0.3);
    const expected = scoreLogits(await session.run(images, 2500), dataset.test.labels, 3);
    await session.dispose();
    expect(files.test).toMatchObject({ count: 2500, correct: expected.correct });
    expect(files.test!.crossEntropy).toBeCloseTo(expected.crossEntropySum / 2500, 5);
  });

  it('does the same with the weights in a file', async () => {
    const target = registry.targets.require('cpu').create({ sampleMs: 1, weights: 'file' }, { folder: '.' });
    const { files, reported } = await runStage(target, onnxOf(1));
    expect(reported).toEqual([]);
    expect(files.files.get('tiny_space_noise_weights.bin')).toBeInstanceOf(Uint8Array);
    expect(files.verification).toMatchObject({ images: 50, sameClass: 50 });
    expect(files.test!.count).toBe(2500);
    expect(files.latency!.ms).toBeGreaterThan(0);
  });

  it('refuses code that computes something else than the ONNX file', async () => {
    expect(await failure(cpu, onnxOf(2))).toMatch(
      /^error CODEGEN_OUTPUTS_DIFFER: The code for target "cpu" and ONNX Runtime disagree on 50 test images: relative error \d\.\d+, allowed 0\.001\.\n {2}hint: This is a bug in a kernel or in the target; the generated files were not accepted\.$/,
    );
  });

  it('leaves open what this machine cannot run, and says so', async () => {
    const { build: _, ...elsewhere } = cpu;
    const { files, reported } = await runStage(elsewhere, onnxOf(1));
    expect(files).toMatchObject({ verification: undefined, latency: undefined, test: undefined });
    expect(files.files.size).toBeGreaterThan(0);
    expect(formatDiagnostics(reported)).toBe(
      'warning CODEGEN_NOT_RUN_HERE: The files for target "cpu" were written but neither run, checked nor timed: this machine cannot run them.\n' +
        '  hint: Build them on the device; the report leaves accuracy and latency on the target open.',
    );
  });

  it('times what gives no outputs, and does not compare it', async () => {
    const target: Target = {
      ...cpu,
      async build(...built) {
        const { run: _, ...timed } = await cpu.build!(...built);
        return timed;
      },
    };
    const { files, reported } = await runStage(target, onnxOf(2));
    expect(reported).toEqual([]);
    expect(files).toMatchObject({ verification: undefined, test: undefined });
    expect(files.latency!.ms).toBeGreaterThan(0);
  });

  it('names every node that the target does not support', async () => {
    const target: Target = { ...cpu, supports: ({ op }) => (op === 'relu6' || op === 'linear' ? `no ${op} here` : true) };
    const hint = 'Use another target, or take the candidates that hold such nodes out of the search space.';
    expect(await failure(target, onnxOf(1))).toBe(
      `error CODEGEN_NODE_UNSUPPORTED: Target "cpu" does not support node "stem.act" (relu6): no relu6 here.\n  at stem.act\n  hint: ${hint}\n` +
        `error CODEGEN_NODE_UNSUPPORTED: Target "cpu" does not support node "head.logits" (linear): no linear here.\n  at head.logits\n  hint: ${hint}`,
    );
  });
});

describe('scoreLogits', () => {
  it('counts right answers and sums cross-entropy, without overflow', () => {
    const { correct, correctTop5, crossEntropySum } = scoreLogits(Float32Array.of(0, 0, 1000, 0), [1, 0], 2);
    expect([correct, correctTop5]).toEqual([1, undefined]);
    expect(crossEntropySum).toBeCloseTo(Math.log(2), 12);
    expect(scoreLogits(Float32Array.of(6, 5, 4, 3, 2, 1, 6, 5, 4, 3, 2, 1), [4, 5], 6)).toMatchObject({ correct: 0, correctTop5: 1 });
  });
});
