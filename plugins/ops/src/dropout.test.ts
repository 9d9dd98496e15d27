import { createPlainRunner, nodeSalt } from '@nasc/c-emit';
import type { PlainRunner } from '@nasc/c-emit';
import { float32 } from '@nasc/ir';
import type { Attributes, NetworkGraph } from '@nasc/ir';
import { philox4x32 } from '@nasc/random';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dropPath } from './drop-path.ts';
import { dropout } from './dropout.ts';

let runner: PlainRunner;
beforeAll(async () => {
  runner = await createPlainRunner([dropout, dropPath], 'float');
});
afterAll(() => runner.dispose());

const network = (op: string, attributes: Attributes, elements: number, id = 'head.dropout'): NetworkGraph => ({
  inputs: [{ id: 'x', type: float32(elements) }],
  nodes: [{ kind: 'op', id, op, attributes, inputs: ['x'], type: float32(elements) }],
  outputs: [id],
  groups: [],
});

const apply = (graph: NetworkGraph, x: readonly number[], batch: number, randomKey: readonly [number, number] = [1, 2]) => [
  ...runner.runForward(graph, new Map(), new Map([['x', x]]), { batch, mode: 'training', randomKey }).values.get(graph.outputs[0]!)!,
];
const ones = (count: number) => Array.from({ length: count }, () => 1);

test('dropout keeps the elements whose Philox word is not below rate * 2^32, scaled by 1 / (1 - rate)', () => {
  const words = (element: number, image: number) => philox4x32([element >> 2, image, nodeSalt('head.dropout'), 0], [1, 2])[element & 3]!;
  const expected = [0, 1].flatMap((image) =>
    Array.from({ length: 7 }, (_, i) => (words(i, image) < 0.25 * 2 ** 32 ? 0 : Math.fround(1 / 0.75))),
  );
  expect(apply(network('dropout', { rate: 0.25 }, 7), ones(14), 2)).toEqual(expected);
  expect(new Set(expected).size).toBe(2);
});

test('dropout drops the share that was asked for, and keeps the mean', () => {
  const output = apply(network('dropout', { rate: 0.2 }, 5000), ones(20_000), 4);
  expect(output.filter((value) => value === 0).length / 20_000).toBeCloseTo(0.2, 2);
  expect(output.reduce((sum, value) => sum + value, 0) / 20_000).toBeCloseTo(1, 2);
});

test('what is dropped depends on the key and the node, and for an image not on the size of the batch', () => {
  const graph = network('dropout', { rate: 0.5 }, 64);
  const first = apply(graph, ones(64), 1);
  expect(apply(graph, ones(192), 3).slice(0, 64)).toEqual(first);
  expect(apply(graph, ones(64), 1, [1, 3])).not.toEqual(first);
  expect(apply(network('dropout', { rate: 0.5 }, 64, 'other'), ones(64), 1)).not.toEqual(first);
});

test('dropPath drops whole images', () => {
  const output = apply(network('dropPath', { rate: 0.25 }, 3), ones(3 * 2000), 2000);
  const images = Array.from({ length: 2000 }, (_, n) => output.slice(3 * n, 3 * n + 3));
  expect(images.filter((image) => new Set(image).size !== 1)).toEqual([]);
  expect(images.filter(([value]) => value === 0).length / 2000).toBeCloseTo(0.25, 1);
  expect(new Set(output)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
});

test.each(['dropout', 'dropPath'])('%s does nothing at inference', (op) => {
  const graph = network(op, { rate: 0.5 }, 4);
  const inputs = new Map([['x', [1, 2, 3, 4]]]);
  expect([...runner.runForward(graph, new Map(), inputs, { batch: 1, mode: 'inference' }).values.get('head.dropout')!]).toEqual([
    1, 2, 3, 4,
  ]);
});
