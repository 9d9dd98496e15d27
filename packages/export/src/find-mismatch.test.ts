import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDiagnostic } from '@nasc/diagnostics';
import { asNetwork, buildGraph, float32, initialiseParameters, lookupOf } from '@nasc/ir';
import type { NetworkGraph, OpDefinition } from '@nasc/ir';
import { onnxLowering } from '@nasc/onnx';
import { primitiveOps } from '@nasc/ops';
import type { WeightedNetwork } from '@nasc/transforms';
import { Random } from '@nasc/random';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findMismatch } from './find-mismatch.ts';
import { messages } from './messages.ts';

let cacheFolder: string;
beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'nasc-mismatch-'));
});
afterAll(() => rm(cacheFolder, { recursive: true }));

const ops = lookupOf(primitiveOps);
const graph: NetworkGraph = asNetwork(
  buildGraph({ ops }, (builder) => {
    const image = builder.input('image', float32(6, 6, 2));
    const conv = builder.op('stem.conv', 'conv2d', [image], { width: 4, kernel: 3, bias: true });
    const act = builder.op('stem.act', 'relu6', [conv]);
    const pool = builder.op('head.pool', 'globalAvgPool', [act]);
    return builder.op('head.linear', 'linear', [pool], { width: 3 });
  }),
);
const network: WeightedNetwork = { graph, weights: initialiseParameters(graph, ops, 0) };
const random = new Random({ seed: 1, stream: 'image' });
const image = Float32Array.from({ length: 72 }, () => random.normal() * 4);
const search = () => ({ derived: network, folded: network, ops, opset: 15, image, limit: 1e-3, cacheFolder });

test('a wrong ONNX lowering is found at the first node that it spoils', async () => {
  // A plugin's relu6 that forgets the upper bound.
  const wrong: OpDefinition = {
    ...ops.get('relu6')!,
    lower: { ...ops.get('relu6')!.lower, onnx: onnxLowering({ emit: (_view, [x], emitter) => emitter.node('Relu', [x!]) }) },
  };
  const cause = await findMismatch({ ...search(), ops: lookupOf(primitiveOps.map((op) => (op.name === 'relu6' ? wrong : op))) });
  expect(cause).toEqual({ kind: 'lowering', node: 'stem.act', op: 'relu6' });
});

test('folding that changed the network is told from writing that did', async () => {
  const bias = network.weights.get('stem.conv.bias')!;
  const changed = { shape: bias.shape, data: bias.data.map((value) => value + 1) };
  const folded = { graph, weights: new Map(network.weights).set('stem.conv.bias', changed) };
  expect(await findMismatch({ ...search(), folded })).toEqual({ kind: 'folding' });
});

test('where file and plain kernels agree, the engine is left', async () => {
  expect(await findMismatch(search())).toEqual({ kind: 'engine' });
});

test('without plain kernels the cause is unknown, and says why', async () => {
  const unusable = lookupOf(
    primitiveOps.map((op) =>
      op.name === 'relu6' ? { ...op, lower: { ...op.lower, c: { ...op.lower.c!, source: '#error broken' } } } : op,
    ),
  );
  const cause = await findMismatch({ ...search(), ops: unusable });
  expect(cause.kind).toBe('unknown');
  expect(cause.detail).toMatch(/^COMPILE_FAILED: /);
});

test('the message tells errors, place and cause', () => {
  const verification = { images: 256, maximumError: 12.5, relativeError: 0.25, sameClass: 200 };
  expect(formatDiagnostic(messages.mismatch(verification, 1e-3, { kind: 'lowering', node: 'stem.act', op: 'relu6' }))).toBe(
    `error ONNX_MISMATCH: The ONNX model is not the network that was trained: relative error 2.5e-1 (at most 0.001 is accepted), largest error 1.3e+1, same class on 200 of 256 images.
  at stem.act
  hint: The ONNX lowering of op "relu6" computes something else than its plain kernels: the node above is the first that differs.`,
  );
  expect(messages.mismatch(verification, 1e-3, { kind: 'folding' }).hint).toBe(
    "Folding changed the network: its outputs differ before and after, in the ops' own plain kernels.",
  );
  expect(messages.mismatch(verification, 1e-3, { kind: 'engine' }).hint).toBe(
    "The ONNX model agrees with the ops' plain kernels: the training engine computes something else.",
  );
  expect(messages.mismatch(verification, 1e-3, { kind: 'unknown', detail: 'COMPILER_NOT_FOUND: no compiler' }).hint).toBe(
    'Which node differs was not found out: COMPILER_NOT_FOUND: no compiler',
  );
});
