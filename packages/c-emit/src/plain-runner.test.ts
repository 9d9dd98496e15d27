import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineOp, float32 } from '@nasc/ir';
import type { NetworkGraph, OpDefinition, OpNode } from '@nasc/ir';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPlainRunner } from './plain-runner.ts';
import type { PlainRunner } from './plain-runner.ts';
import { cLowering, operand } from './lowering.ts';

// Ops as a plugin would bring them: `scaled` multiplies by one parameter and keeps its input's sign; `overstep` writes too far.
const scaled = defineOp({
  name: 'scaled',
  doc: 'y = factor * x',
  attributesSchema: { type: 'object' },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  parameters: () => [{ name: 'factor', shape: [1], trainable: true, init: { kind: 'constant', value: 1 }, role: 'weight' }],
  lower: {
    c: cLowering({
      source: `
NASC_KERNEL(scaled_forward) {
  NASC_UNUSED(dims); NASC_UNUSED(scalars);
  for (int64_t i = first; i < last; i++) tensors[2][i] = tensors[1][0] * tensors[0][i];
}
NASC_KERNEL(scaled_weightGradient) {
  NASC_UNUSED(scalars); NASC_UNUSED(first); NASC_UNUSED(last);
  for (int64_t i = 0; i < dims[1]; i++) tensors[2][0] += tensors[0][i] * tensors[1][i];
}
`,
      inference: ({ batch }) => [
        {
          kernel: 'scaled_forward',
          tensors: [operand.input(), operand.parameter('factor'), operand.output],
          dims: [batch],
          items: batch * 3,
        },
      ],
      inputGradient: ({ batch }) => [
        {
          kernel: 'scaled_forward',
          tensors: [operand.outputGradient, operand.parameter('factor'), operand.inputGradient()],
          dims: [batch],
          items: batch * 3,
        },
      ],
      weightGradient: ({ batch }) => [
        {
          kernel: 'scaled_weightGradient',
          tensors: [operand.input(), operand.outputGradient, operand.parameterGradient('factor')],
          dims: [batch, batch * 3],
          items: 1,
        },
      ],
    }),
  },
  examples: [],
});
const overstep = defineOp({
  name: 'overstep',
  doc: 'writes one element too many',
  attributesSchema: { type: 'object' },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  lower: {
    c: cLowering({
      source:
        'NASC_KERNEL(overstep_forward) { NASC_UNUSED(dims); NASC_UNUSED(scalars); for (int64_t i = first; i <= last; i++) tensors[0][i] = 1; }',
      inference: ({ batch }) => [{ kernel: 'overstep_forward', tensors: [operand.output], dims: [batch], items: batch * 3 }],
    }),
  },
  examples: [],
});
const ops: readonly OpDefinition[] = [scaled, overstep];

const node = (id: string, op: string, input: string): OpNode => ({ kind: 'op', id, op, attributes: {}, inputs: [input], type: float32(3) });
/** y = b(a(x)), and a's value is an output too. */
const chain: NetworkGraph = {
  inputs: [{ id: 'x', type: float32(3) }],
  nodes: [node('a', 'scaled', 'x'), node('b', 'scaled', 'a')],
  outputs: ['a', 'b'],
  groups: [],
};
const parameters = new Map([
  ['a.factor', [2]],
  ['b.factor', [0.1]],
]);
const inputs = new Map([['x', [1, 2, 3, 4, 5, 6]]]);

let double: PlainRunner;
let float: PlainRunner;
beforeAll(async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-plain-runner-'));
  double = await createPlainRunner(ops, 'double', { cacheFolder });
  float = await createPlainRunner(ops, 'float', { cacheFolder });
});
afterAll(() => {
  double.dispose();
  float.dispose();
});

test('values of every node come back, in the precision that was asked for', () => {
  const { values } = double.runForward(chain, parameters, inputs, { batch: 2, mode: 'inference' });
  expect([...values.get('a')!]).toEqual([2, 4, 6, 8, 10, 12]);
  expect(values.get('b')![0]).toBe(0.1 * 2);
  expect(float.runForward(chain, parameters, inputs, { batch: 2, mode: 'inference' }).values.get('b')![0]).toBe(Math.fround(0.1) * 2);
});

test('gradients of a value that is read and given from outside are summed', () => {
  const forward = double.runForward(chain, parameters, inputs, { batch: 2, mode: 'training' });
  const gradients = double.runBackward(
    forward,
    new Map([
      ['a', [1, 1, 1, 1, 1, 1]],
      ['b', [10, 0, 0, 0, 0, 0]],
    ]),
  );
  expect([...gradients.values.get('x')!]).toEqual([4, 2, 2, 2, 2, 2]); // 2 * (1 + 0.1 * 10), 2 * 1
  expect([...gradients.parameters.get('b.factor')!]).toEqual([20]);
  expect([...gradients.parameters.get('a.factor')!]).toEqual([22]);
});

test('a kernel that writes outside its output is reported', () => {
  const graph: NetworkGraph = { ...chain, nodes: [node('a', 'overstep', 'x')], outputs: ['a'] };
  expect(() => double.runForward(graph, new Map(), inputs, { batch: 2, mode: 'inference' })).toThrow(
    'Kernel overstep_forward of node "a" writes outside tensor 0 (output)',
  );
});

test('what does not fit is refused by name', () => {
  expect(() => double.runForward(chain, parameters, new Map([['x', [1]]]), { batch: 2, mode: 'inference' })).toThrow(
    'Input "x" takes 6 values, not 1',
  );
  expect(() => double.runForward(chain, new Map(), inputs, { batch: 2, mode: 'inference' })).toThrow('Node "a" has no parameter "factor"');
  const forward = double.runForward(chain, parameters, inputs, { batch: 2, mode: 'inference' });
  expect(() => double.runBackward(forward, new Map())).toThrow('Gradients need a forward run in training mode');
});
