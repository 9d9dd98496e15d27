import { createPlainRunner } from '@nasc/c-emit';
import type { PlainRunner } from '@nasc/c-emit';
import { float32 } from '@nasc/ir';
import type { NetworkGraph } from '@nasc/ir';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchNorm } from './batch-norm.ts';

let double: PlainRunner;
let float: PlainRunner;
beforeAll(async () => {
  [double, float] = await Promise.all([createPlainRunner([batchNorm], 'double'), createPlainRunner([batchNorm], 'float')]);
});
afterAll(() => {
  double.dispose();
  float.dispose();
});

const graph: NetworkGraph = {
  inputs: [{ id: 'x', type: float32(2, 1, 1) }],
  nodes: [{ kind: 'op', id: 'norm', op: 'batchNorm', attributes: { momentum: 0.25, epsilon: 0.5 }, inputs: ['x'], type: float32(2, 1, 1) }],
  outputs: ['norm'],
  groups: [],
};
const parameters = new Map([
  ['norm.scale', [2]],
  ['norm.shift', [1]],
  ['norm.runningMean', [10]],
  ['norm.runningVariance', [3]],
]);
const inputs = new Map([['x', [1, 3, 5, 7]]]); // mean 4, biased variance 5, unbiased 20 / 3

test('running statistics move by momentum, the variance with the unbiased estimate, as PyTorch does', () => {
  const forward = double.runForward(graph, parameters, inputs, { batch: 2, mode: 'training' });
  const statistics = double.updateStatistics(forward);
  expect(statistics.get('norm.runningMean')![0]).toBeCloseTo(10 + 0.25 * (4 - 10), 14);
  expect(statistics.get('norm.runningVariance')![0]).toBeCloseTo(3 + 0.25 * (20 / 3 - 3), 14);
});

test('training normalises with the batch, inference with the running statistics', () => {
  const value = (mode: 'training' | 'inference', at: number) =>
    double.runForward(graph, parameters, inputs, { batch: 2, mode }).values.get('norm')![at];
  expect(value('training', 0)).toBeCloseTo(((1 - 4) / Math.sqrt(5 + 0.5)) * 2 + 1, 12);
  expect(value('inference', 0)).toBeCloseTo(((1 - 10) / Math.sqrt(3 + 0.5)) * 2 + 1, 12);
});

test('one example of one pixel has no unbiased variance and leaves the running one finite', () => {
  const single: NetworkGraph = { ...graph, inputs: [{ id: 'x', type: float32(1) }], nodes: [{ ...graph.nodes[0]!, type: float32(1) }] };
  const forward = double.runForward(single, parameters, new Map([['x', [5]]]), { batch: 1, mode: 'training' });
  expect(double.updateStatistics(forward).get('norm.runningVariance')![0]).toBeCloseTo(3 * 0.75, 14);
});

test('float32 statistics keep their digits where the mean is large', () => {
  const rows = 4096;
  const x = Array.from({ length: 2 * rows }, (_, index) => 10_000 + (index % 2)); // variance 1 / 4
  const { saved } = float.runForward(graph, parameters, new Map([['x', x]]), { batch: rows, mode: 'training' });
  expect(saved.get('norm.mean')![0]).toBeCloseTo(10_000.5, 3);
  expect(saved.get('norm.variance')![0]).toBeCloseTo(0.25, 6);
});
