// Programs from graphs: what is fused, what is not, and in which order calls come. Ops and patterns are small ones of
// the test's own: nothing here depends on a plugin.
import { definePattern, defineOp, float32 } from '@nasc/ir';
import type { Graph, OpDefinition, OpNode, PatternDefinition } from '@nasc/ir';
import { describe, expect, it } from 'vitest';
import { emitProgram } from './emit-program.ts';
import { cLowering, operand } from './lowering.ts';
import { planProgram } from './plan-program.ts';
import { writeCall } from './write-call.ts';

const type = float32(4, 4, 8);

const plainOp = (name: string, arity: number): OpDefinition =>
  defineOp({
    name,
    doc: name,
    attributesSchema: {},
    arity,
    inferType: () => type,
    parameters: () =>
      name === 'scale' ? [{ name: 'weight', shape: [8], trainable: true, init: { kind: 'constant', value: 1 }, role: 'weight' }] : [],
    lower: {
      c: cLowering({
        source: `NASC_KERNEL(${name}_forward) { NASC_UNUSED(dims); }`,
        inference: () => [
          {
            kernel: `${name}_forward`,
            tensors: [
              ...Array.from({ length: arity }, (_, index) => operand.input(index)),
              operand.output,
              ...(name === 'scale' ? [operand.parameter('weight'), operand.scratch('temporary')] : []),
            ],
            dims: [1, 128],
            scalars: [0.5],
            items: 3,
          },
        ],
        scratch: () => ({ temporary: 32, unused: 1000 }),
      }),
    },
    examples: [],
  });

const opList = [plainOp('scale', 1), plainOp('relu', 1), plainOp('add', 2)];
const ops = { get: (name: string) => opList.find((op) => op.name === name), names: () => opList.map((op) => op.name) };

const fused: PatternDefinition = definePattern({
  name: 'scale-relu-add',
  doc: '',
  chain: [['scale'], ['relu'], ['add']],
  lower: {
    c: {
      specialise: ({ nodes, inputs }) =>
        nodes[0]!.attributes['refuse'] === true
          ? 'the test refuses'
          : {
              name: `fused_${inputs.length}`,
              source: '',
              headers: ['none.h'],
              weightElements: 8,
              scratchElements: 16,
              items: 3,
              pack: (parameter) => parameter(nodes[0]!.node.id, 'weight').data,
            },
    },
  },
  examples: [],
});

const node = (id: string, op: string, inputs: readonly string[], group: string, attributes = {}): OpNode => ({
  kind: 'op',
  id,
  op,
  attributes,
  inputs,
  type,
  group,
});

const graphOf = (nodes: readonly OpNode[], outputs: readonly string[]): Graph<OpNode> => ({
  inputs: [{ id: 'x', type }],
  nodes,
  outputs,
  groups: [],
});

const emit = (graph: Graph<OpNode>, patterns: readonly PatternDefinition[] = [fused]) =>
  emitProgram(graph, { ops, fused: { patterns, vector: { lanes: 8, registers: 16 } } });

const chain = (attributes = {}) => [
  node('s', 'scale', ['x'], 'a', attributes),
  node('r', 'relu', ['s'], 'a'),
  node('y', 'add', ['x', 'r'], 'a'),
];

describe('emitProgram', () => {
  it('fuses a chain, whichever operand of the sum it is, and packs its weights', () => {
    const program = emit(graphOf(chain(), ['y']));
    expect(program.calls).toHaveLength(1);
    expect(writeCall(program.calls[0]!, (one) => `<${one.kind} ${one.id}>`)).toBe(
      'fused_2(<value y>, <value x>, <value x>, <weights s.packed>, <scratch y#scratch>, 0, 3);',
    );
    expect(program.coverage.map(({ node: id, kind }) => `${id} ${kind}`)).toEqual(['s special', 'r special', 'y special']);
    const data = Float32Array.from({ length: 8 }, (_, index) => index);
    expect(
      program.packWeights('s.packed', (id, name) => ({ shape: [8], data: id === 's' && name === 'weight' ? data : new Float32Array(8) })),
    ).toBe(data);
  });

  it('does not fuse across a block, a second reader, or an output', () => {
    const acrossBlocks = [...chain().slice(0, 2), node('y', 'add', ['x', 'r'], 'b')];
    const secondReader = [...chain(), node('z', 'add', ['y', 's'], 'a')];
    for (const graph of [graphOf(acrossBlocks, ['y']), graphOf(secondReader, ['z']), graphOf(chain(), ['y', 'r'])]) {
      expect(emit(graph).calls.every((call) => call.kind === 'plain')).toBe(true);
    }
  });

  it('falls back to plain kernels and says why', () => {
    const program = emit(graphOf(chain({ refuse: true }), ['y']));
    expect(program.calls.map((call) => call.kernel)).toEqual(['scale_forward', 'relu_forward', 'add_forward']);
    expect(program.coverage[0]).toEqual({ node: 's', kernel: 'scale_forward', kind: 'plain', reason: 'the test refuses' });
    expect(writeCall(program.calls[0]!, (one) => one.id.replaceAll(/\W/g, '_'))).toBe(
      `scale_forward(\n  (float *const[]){(float *)x, (float *)s, (float *)s_weight, (float *)s_temporary},\n  (const int64_t[]){1, 128}, (const double[]){0.5}, 0, 3);`,
    );
  });

  it('plans only what is used inside: neither inputs, outputs, weights, nor memory that no call names', () => {
    const plan = planProgram(emit(graphOf(chain({ refuse: true }), ['y'])));
    expect([...plan.offsets.keys()].toSorted()).toEqual(['r', 's', 's#temporary']);
    expect(plan.lowerBoundBytes).toBe(2 * 128 * 4);
  });

  it('writes a fused chain where its last node stands', () => {
    const nodes = [
      node('s', 'scale', ['x'], 'a'),
      node('r', 'relu', ['s'], 'a'),
      node('other', 'relu', ['x'], 'a'),
      node('y', 'add', ['r', 'other'], 'a'),
    ];
    expect(emit(graphOf(nodes, ['y'])).calls.map(({ output }) => output)).toEqual(['other', 'y']);
  });
});
