import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { defineOp, float32, inferenceError } from '@nasc/ir';
import type { NetworkGraph, OpDefinition, OpNode, TensorTable } from '@nasc/ir';
import { describe, expect, test } from 'vitest';
import { describeTask, onnxLowering, reshapeNhwc, summariseOnnx } from './index.ts';
import { producer } from './producer.ts';
import { modelMessage } from './proto.ts';
import { createOnnxSession } from './session.ts';
import { writeOnnx } from './write-onnx.ts';

// Ops as a plugin would bring them: the writer knows none by name. (The built-in ones are tested in the conformance suite.)
const op = (name: string, onnx?: Parameters<typeof onnxLowering>[0]): OpDefinition =>
  defineOp({
    name,
    doc: name,
    attributesSchema: { type: 'object' },
    arity: { atLeast: 1 },
    inferType: () => inferenceError('types are given'),
    lower: onnx ? { onnx: onnxLowering(onnx) } : {},
    examples: [],
  });

const definitions = [
  op('flatten', { emit: (view, [x], emitter) => reshapeNhwc(emitter, x!, view.inputs[0]!.shape, view.output.shape) }),
  op('nothing', { emit: (_view, [x]) => x! }),
  op('shift', {
    emit: (_view, [x], emitter) => {
      const shift = emitter.parameter('shift');
      return emitter.node('Add', [x!, emitter.constant('shift', [shift.shape[0]!, 1, 1], shift.data)]);
    },
  }),
  op('twice', { emit: (_view, [x], emitter) => emitter.node('Add', [emitter.node('Identity', [x!]), x!]) }),
  op('wild', { emit: (_view, _inputs, emitter) => emitter.node('Relu', ['elsewhere']) }),
  op('silent'),
];
const ops = {
  get: (name: string) => definitions.find((definition) => definition.name === name),
  names: () => definitions.map(({ name }) => name),
};

const node = (id: string, name: string, inputs: readonly string[], ...shape: number[]): OpNode => ({
  kind: 'op',
  id,
  op: name,
  attributes: {},
  inputs,
  type: float32(...shape),
});
const network = (...nodes: OpNode[]): NetworkGraph => ({
  inputs: [{ id: 'image', type: float32(2, 1, 3) }],
  nodes,
  outputs: [nodes.at(-1)!.id],
  groups: [],
});
const none: TensorTable = new Map();
const shift: TensorTable = new Map([['stem.shift', { shape: [3], data: Float32Array.of(100, 200, 300) }]]);
const failure = (write: () => unknown): string => {
  try {
    write();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'nothing was thrown';
};

test('images go in and out as [N, H, W, C], and reshapes keep that order', async () => {
  // shift -> stem.shift is added per channel; flatten lists pixels row by row, channels innermost.
  const graph = network(node('stem', 'shift', ['image'], 2, 1, 3), node('head.flat', 'flatten', ['stem'], 6));
  const session = await createOnnxSession(writeOnnx(graph, shift, ops, { name: 'order' }));
  const images = Float32Array.of(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15);
  expect([...(await session.run(images, 2))]).toEqual([100, 201, 302, 103, 204, 305, 110, 211, 312, 113, 214, 315]);
  await session.dispose();
});

test('several inputs and outputs keep their ids and order', async () => {
  const graph: NetworkGraph = {
    inputs: [
      { id: 'a', type: float32(2) },
      { id: 'b', type: float32(1, 2, 2) },
    ],
    nodes: [node('x', 'twice', ['b'], 1, 2, 2), node('y', 'nothing', ['a'], 2)],
    outputs: ['x', 'y'],
    groups: [],
  };
  const bytes = writeOnnx(graph, none, ops, { name: 'several' });
  expect(summariseOnnx(bytes).inputs.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(summariseOnnx(bytes).outputs.map(({ name }) => name)).toEqual(['x', 'y']);
  const session = await createOnnxSession(bytes);
  const [x, y] = await session.runAll([Float32Array.of(1, 2), Float32Array.of(3, 4, 5, 6)], 1);
  expect([...x!]).toEqual([6, 8, 10, 12]);
  expect([...y!]).toEqual([1, 2]);
  await session.dispose();
});

test('the summary tells shapes, op counts, constants and metadata', () => {
  const graph = network(node('stem', 'shift', ['image'], 2, 1, 3), node('twice', 'twice', ['stem'], 2, 1, 3));
  const task = describeTask({ classes: ['cat', 'dog'], normalisation: { mean: [0.5], std: [0.25] } });
  const summary = summariseOnnx(writeOnnx(graph, shift, ops, { name: 'net', opset: 13, metadata: { space: 'mobile-small', ...task } }));
  expect(summary).toMatchObject({
    name: 'net',
    producer: 'nasc',
    irVersion: 7,
    opset: 13,
    inputs: [{ name: 'image', shape: ['batch', 3, 2, 1] }],
    outputs: [{ name: 'logits', shape: ['batch', 3, 2, 1] }],
    nodeCounts: { Add: 2, Identity: 1 },
    constants: new Map([['stem.shift', [3, 1, 1]]]),
    metadata: { classes: '["cat","dog"]', mean: '[0.5]', std: '[0.25]', pixelRange: '[0,255]', space: 'mobile-small', layout: 'NCHW' },
  });
});

test('the file tells who made it, and each node the op that it stands for', () => {
  const graph = network(node('stem', 'twice', ['image'], 2, 1, 3));
  const model = modelMessage.decode(writeOnnx(graph, none, ops, { name: 'net' }));
  expect(model).toMatchObject({ producerName: 'nasc', producerVersion: producer.version, domain: 'dev.nasc' });
  expect(producer.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(model.graph!.node!.map(({ name, docString }) => [name, docString])).toEqual([
    ['stem/Identity', ''],
    ['stem', 'twice'],
  ]);
});

test('the IR version is that of the ONNX release that the operator set came with', () => {
  const graph = network(node('stem', 'twice', ['image'], 2, 1, 3));
  const versionOf = (opset: number) => summariseOnnx(writeOnnx(graph, none, ops, { name: 'net', opset })).irVersion;
  expect([13, 14, 15, 18, 19, 21, 23, 24, 26].map(versionOf)).toEqual([7, 7, 8, 8, 9, 10, 11, 12, 13]);
});

test('with a fixed batch of one image, several are run one by one', async () => {
  const bytes = writeOnnx(network(node('flat', 'flatten', ['image'], 6)), none, ops, { name: 'one', dynamicBatch: false });
  expect(summariseOnnx(bytes).inputs).toEqual([{ name: 'image', shape: [1, 3, 2, 1] }]);
  const session = await createOnnxSession(bytes);
  const images = Float32Array.from({ length: 12 }, (_, index) => index);
  expect(await session.run(images, 2)).toEqual(images);
  await session.dispose();
});

test('the same network gives the same bytes', () => {
  const write = () => writeOnnx(network(node('stem', 'shift', ['image'], 2, 1, 3)), shift, ops, { name: 'same' });
  expect(write()).toEqual(write());
});

test("a shape that contradicts the runtime's own inference is refused", async () => {
  const bytes = writeOnnx(network(node('a', 'twice', ['image'], 2, 2, 3), node('b', 'twice', ['a'], 2, 2, 3)), none, ops, {
    name: 'wrong',
  });
  await expect(createOnnxSession(bytes)).rejects.toThrow(/ONNXRUNTIME_REFUSED/);
});

describe('messages', () => {
  test('an operator set that cannot be written', () => {
    expect(failure(() => writeOnnx(network(node('a', 'nothing', ['image'], 2, 1, 3)), none, ops, { name: 'x', opset: 27 }))).toBe(
      `error ONNX_OPSET_UNSUPPORTED: ONNX operator set 27 cannot be written.
  at config#/export/opset
  hint: Use 13 to 26; a runtime that supports a later set reads these too.`,
    );
  });

  test('an op without an ONNX lowering', () => {
    expect(failure(() => writeOnnx(network(node('stage1.block0.x', 'silent', ['image'], 1)), none, ops, { name: 'x' }))).toBe(
      `error ONNX_NO_LOWERING: Op "silent" has no ONNX lowering.
  at stage1.block0.x
  hint: Add \`lower.onnx\` to the op, or leave the op out of the space.`,
    );
  });

  test('an op that nobody registered', () => {
    expect(failure(() => writeOnnx(network(node('x', 'gone', ['image'], 1)), none, ops, { name: 'x' }))).toBe(
      `error ONNX_OP_UNKNOWN: No plugin registered the op "gone".
  at x
  hint: Add the plugin that defines it to \`plugins\`.`,
    );
  });

  test('weights of another network', () => {
    expect(failure(() => writeOnnx(network(node('stem', 'shift', ['image'], 2, 1, 3)), none, ops, { name: 'x' }))).toBe(
      `error ONNX_PARAMETER_MISSING: The weights hold no "stem.shift".
  at stem
  hint: The graph and the weights are of different networks.`,
    );
  });

  test('a lowering that reads what is not there', () => {
    expect(failure(() => writeOnnx(network(node('w', 'wild', ['image'], 2, 1, 3)), none, ops, { name: 'net' }))).toBe(
      `error ONNX_MALFORMED: The ONNX graph of "net" is not well formed: node "w" reads "elsewhere", which nothing before it makes.
  hint: An op's ONNX lowering is wrong: the first name above says which.`,
    );
  });

  test('bytes that are no model', async () => {
    expect(failure(() => summariseOnnx(new TextEncoder().encode('<html>')))).toMatch(/^error ONNX_UNREADABLE: This is not an ONNX model: /);
    await expect(createOnnxSession(new TextEncoder().encode('<html>'))).rejects.toThrow(/ONNXRUNTIME_REFUSED/);
  });
});
