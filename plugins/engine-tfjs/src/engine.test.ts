import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { DiagnosticError } from '@nasc/diagnostics';
import { defineOp, float32 } from '@nasc/ir';
import type { Graph } from '@nasc/ir';
import { expect, test } from 'vitest';
import { createTfjsEngine, tfjsEngine } from './engine.ts';

const options = { threads: 1, cacheFolder: '', batchSize: 1, activePaths: 1, patterns: { get: () => undefined, all: () => [] } } as const;
const square = defineOp({
  name: 'square',
  doc: 'x * x',
  attributesSchema: {},
  arity: 1,
  inferType: (_, [x]) => x!,
  lower: {},
  examples: [],
});
const ops = { get: (name: string) => (name === 'square' ? square : undefined), names: () => ['square'] };
const graph: Graph = {
  inputs: [{ id: 'x', type: float32(2) }],
  nodes: [{ kind: 'op', id: 'head.square', op: 'square', attributes: {}, inputs: ['x'], type: float32(2) }],
  outputs: ['head.square'],
  groups: [],
};

const diagnosticsOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiagnosticError);
  return (error as DiagnosticError).diagnostics;
};

test('an op without a lowering is named, with what to add', async () => {
  const engine = createTfjsEngine(async () => ({ tf, detail: '', identity: '' }));
  expect(await diagnosticsOf(engine.compile(graph, { ...options, ops }))).toEqual([
    {
      code: 'ENGINE_OP_UNSUPPORTED',
      severity: 'error',
      message: 'Op "square" cannot be trained by engine "tfjs": it is not written with TensorFlow.js.',
      at: 'head.square',
      hint: 'Give the op a `tfjs` lowering, or use an engine that knows it.',
    },
  ]);
});

test('without the library it says why, and compiles nothing', async () => {
  const engine = createTfjsEngine(async () => ({ missing: 'It is not installed. Run `nasc setup tfjs`.' }));
  expect(await engine.probe(options)).toEqual({ available: false, detail: 'It is not installed. Run `nasc setup tfjs`.' });
  expect(await diagnosticsOf(engine.compile(graph, { ...options, ops }))).toEqual([
    {
      code: 'ENGINE_NOT_AVAILABLE',
      severity: 'error',
      message: 'Engine "tfjs" does not work on this machine.',
      hint: 'It is not installed. Run `nasc setup tfjs`.',
    },
  ]);
});

test('it is picked by itself only for a GPU, and can be set up', () => {
  expect(tfjsEngine).toMatchObject({ name: 'tfjs', automatic: 'withGpu' });
  expect(tfjsEngine.setup).toBeTypeOf('function');
});
