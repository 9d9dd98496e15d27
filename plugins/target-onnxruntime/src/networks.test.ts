// Whole networks written as ONNX and run in ONNX Runtime, against the ops' plain kernels in float64.
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainRunner } from '@nasc/c-emit';
import { elementCount, float32, parameterId } from '@nasc/ir';
import type { Attributes, NetworkGraph, NodeId, OpNode, Tensor, TensorTable, TensorType } from '@nasc/ir';
import { compareOutputs, createOnnxSession, readOnnxModel, writeOnnx } from '@nasc/onnx';
import { primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let plain: PlainRunner;
beforeAll(async () => {
  plain = await createPlainRunner(primitiveOps, 'double');
});
afterAll(() => plain.dispose());

const ops = { get: (name: string) => primitiveOps.find((op) => op.name === name), names: () => primitiveOps.map((op) => op.name) };

/** Appends nodes with inferred types; each call returns the new node's id. */
const draw = (input: TensorType) => {
  const types = new Map<NodeId, TensorType>([['image', input]]);
  const nodes: OpNode[] = [];
  return {
    add(id: NodeId, op: string, inputs: readonly NodeId[], attributes: Attributes = {}): NodeId {
      const type = ops.get(op)!.inferType(
        attributes as never,
        inputs.map((name) => types.get(name)!),
      );
      nodes.push({ kind: 'op', id, op, attributes, inputs, type });
      types.set(id, type);
      return id;
    },
    network: (): NetworkGraph => ({ inputs: [{ id: 'image', type: input }], nodes, outputs: [nodes.at(-1)!.id], groups: [] }),
  };
};

/** Values that are nowhere special: variances positive, scales around 1. */
const drawWeights = (graph: NetworkGraph, seed: number): TensorTable => {
  const types = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
  const weights = new Map<string, Tensor>();
  for (const node of graph.nodes) {
    const specs =
      ops.get(node.op)!.parameters?.(
        node.attributes as never,
        node.inputs.map((id) => types.get(id)!),
      ) ?? [];
    for (const { name, shape, role } of specs) {
      const random = new Random({ seed, stream: parameterId(node.id, name) });
      const fanIn = elementCount(shape) / shape.at(-1)!;
      const value = () =>
        role === 'weight' ? random.normal() * Math.sqrt(2 / fanIn) : role === 'bias' ? random.normal() / 4 : 0.5 + random.uniform();
      weights.set(parameterId(node.id, name), { shape, data: Float32Array.from({ length: elementCount(shape) }, value) });
    }
  }
  return weights;
};

const drawImages = (graph: NetworkGraph, count: number): Float32Array => {
  const random = new Random({ seed: 5, stream: 'images' });
  return Float32Array.from({ length: count * elementCount(graph.inputs[0]!.type.shape) }, () => random.normal());
};

const mobile = () => {
  const { add, network } = draw(float32(13, 11, 3));
  let x = add('stem.conv', 'conv2d', ['image'], { width: 16, kernel: 3, stride: 2 });
  x = add('stem.bn', 'batchNorm', [x]);
  x = add('stem.act', 'relu6', [x]);
  for (const [block, kernel, stride, width, shortcut] of [
    ['block0', 3, 1, 16, true],
    ['block1', 5, 2, 24, false],
    ['block2', 7, 1, 24, true],
  ] as const) {
    const start = x;
    x = add(`${block}.expand`, 'conv2d', [x], { width: 48, kernel: 1 });
    x = add(`${block}.expandBn`, 'batchNorm', [x]);
    x = add(`${block}.expandAct`, 'relu6', [x]);
    x = add(`${block}.depthwise`, 'depthwiseConv2d', [x], { kernel, stride });
    x = add(`${block}.depthwiseBn`, 'batchNorm', [x]);
    x = add(`${block}.depthwiseAct`, 'relu6', [x]);
    x = add(`${block}.project`, 'conv2d', [x], { width, kernel: 1 });
    x = add(`${block}.projectBn`, 'batchNorm', [x]);
    if (shortcut) x = add(`${block}.add`, 'add', [start, x]);
  }
  x = add('head.pool', 'globalAvgPool', [x]);
  add('head.linear', 'linear', [x], { width: 10 });
  return network();
};

describe.each([13, 14, 15])('operator set %i', (opset) => {
  test('a mobile network with batch normalisation gives the same logits for several images', async () => {
    const graph = mobile();
    const weights = drawWeights(graph, opset);
    const images = drawImages(graph, 5);
    const parameters = new Map([...weights].map(([id, { data }]) => [id, data]));
    const forward = plain.runForward(graph, parameters, new Map([['image', images]]), { batch: 5, mode: 'inference' });
    const reference = Float32Array.from(forward.values.get('head.linear')!);

    const bytes = writeOnnx(graph, weights, ops, { name: 'mobile', opset });
    const session = await createOnnxSession(bytes);
    const verification = compareOutputs(await session.run(images, 5), reference, 10);
    await session.dispose();
    expect(verification.relativeError).toBeLessThan(2e-6);
    expect(verification.sameClass).toBe(5);
    expect(readOnnxModel(bytes).outputs).toEqual([{ name: 'logits', shape: ['N', 10] }]);
  });
});
