import { createPlainRunner } from '@nasc/c-emit';
import type { Registry } from '@nasc/core';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { buildNetwork, float32, initialiseParameters, printGraph, verifyGraph } from '@nasc/ir';
import type { NetworkGraph, SearchSpaceGraph, TensorTable } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';
import { beforeAll, describe, expect, test } from 'vitest';
import { deployedGraph, foldBatchNorm, instantiate, instantiatePath, matchPatterns, removeDeadOps } from './index.ts';
import { contextWith, loadRegistry, smallSpace } from './small-space.test-helper.ts';

let registry: Registry;
let space: SearchSpaceGraph;
beforeAll(async () => {
  registry = await loadRegistry();
  space = smallSpace(registry);
});
const print = (graph: NetworkGraph) => printGraph(graph, { ops: registry.ops });

describe('instantiatePath', () => {
  test('puts the chosen candidates in place of the choices; ids stay, groups say what was chosen', () => {
    const network = instantiatePath(space, [1, 3]);
    expect(print(network)).toBe(`%input                                                                  6x6x2 f32
stem  convBnAct
  .conv = conv2d(%input) kernel 3, stride 2, width 4                    3x3x4 f32
  .bn = batchNorm(.conv)                                                3x3x4 f32
  .act = relu6(.bn)                                                     3x3x4 f32
block1  mbConv  shortcut
  .k5e2.expand = conv2d(%stem.act) kernel 1, width 8                    3x3x8 f32
  .k5e2.expandBn = batchNorm(.k5e2.expand)                              3x3x8 f32
  .k5e2.expandAct = relu6(.k5e2.expandBn)                               3x3x8 f32
  .k5e2.depthwise = depthwiseConv2d(.k5e2.expandAct) kernel 5           3x3x8 f32
  .k5e2.depthwiseBn = batchNorm(.k5e2.depthwise)                        3x3x8 f32
  .k5e2.depthwiseAct = relu6(.k5e2.depthwiseBn)                         3x3x8 f32
  .k5e2.project = conv2d(.k5e2.depthwiseAct) kernel 1, width 4          3x3x4 f32
  .k5e2.projectBn = batchNorm(.k5e2.project)                            3x3x4 f32
  .add = add(.k5e2.projectBn, %stem.act)                                3x3x4 f32
block2  zero  shortcut
  .zero.zero = zero(%block1.add) width 4                                3x3x4 f32
  .add = add(.zero.zero, %block1.add)                                   3x3x4 f32
head  linearHead
  .pool = globalAvgPool(%block2.add)                                    4 f32
  .dropout = dropout(.pool) rate 0.5                                    4 f32
  .logits = linear(.dropout) width 3                                    3 f32
return %head.logits`);
    expect(verifyGraph(network, registry.ops)).toEqual([]);
    expect(network.groups.map(({ id, position }) => `${position} ${id}`)).toEqual(['0 stem', '1 block1', '2 block2', '3 head']);
  });

  test('refuses a path that does not fit', () => {
    const messageOf = (choices: readonly number[]) => {
      try {
        instantiatePath(space, choices);
      } catch (error) {
        return formatDiagnostics((error as DiagnosticError).diagnostics);
      }
      return 'no error';
    };
    expect(messageOf([0])).toBe(`error PATH_LENGTH: A path of 1 candidates does not fit a space of 2 choices.
  hint: An architecture belongs to the space that it was searched in.`);
    expect(messageOf([4, -1])).toBe(`error PATH_INDEX: There is no candidate 4; the choice has 4, counted from 0.
  at block1.choice
error PATH_INDEX: There is no candidate -1; the choice has 4, counted from 0.
  at block2.choice`);
  });
});

describe('the deployed graph of a path', () => {
  test('has no batch normalisation, and Zero leaves its shortcut only', () => {
    const graph = deployedGraph(space, [1, 3], registry.patterns);
    expect(print(graph)).toBe(`%input                                                                  6x6x2 f32
stem  convBnAct
  .conv = conv2d(%input) bias true, kernel 3, stride 2, width 4         3x3x4 f32
  .act = relu6(.conv)                                                   3x3x4 f32
block1  mbConv  shortcut
  .k5e2.expand = conv2d(%stem.act) bias true, kernel 1, width 8         3x3x8 f32
  .k5e2.expandAct = relu6(.k5e2.expand)                                 3x3x8 f32
  .k5e2.depthwise = depthwiseConv2d(.k5e2.expandAct) bias true, kernel 5  3x3x8 f32
  .k5e2.depthwiseAct = relu6(.k5e2.depthwise)                           3x3x8 f32
  .k5e2.project = conv2d(.k5e2.depthwiseAct) bias true, kernel 1, width 4  3x3x4 f32
  .add = add(.k5e2.project, %stem.act)                                  3x3x4 f32
head  linearHead
  .pool = globalAvgPool(%block1.add)                                    4 f32
  .logits = linear(.pool) width 3                                       3 f32
return %head.logits`);
    expect(verifyGraph(graph, registry.ops)).toEqual([]);
  });

  test('keeps an addition of two real values: identity beside a shortcut doubles', () => {
    const graph = deployedGraph(space, [2, 2], registry.patterns);
    expect(graph.nodes.filter(({ op }) => op === 'add').map(({ inputs }) => inputs)).toEqual([
      ['stem.act', 'stem.act'],
      ['block1.add', 'block1.add'],
    ]);
  });

  test('of every path holds only what it needs', () => {
    for (const first of [0, 1, 2, 3]) {
      for (const second of [0, 1, 2, 3]) {
        const graph = deployedGraph(space, [first, second], registry.patterns);
        expect(verifyGraph(graph, registry.ops)).toEqual([]);
        expect(graph.nodes.some(({ op }) => ['batchNorm', 'identity', 'zero', 'dropout'].includes(op))).toBe(false);
        const chosen = [first, second].filter((choice) => choice !== 3).length;
        expect(graph.nodes.filter(({ op }) => op === 'add')).toHaveLength(chosen);
      }
    }
  });
});

describe('folding', () => {
  test('leaves a convolution alone whose raw output is read too', () => {
    const network = buildNetwork(registry, (builder) => {
      const convolved = builder.op('conv', 'conv2d', [builder.input('input', float32(4, 4, 2))], { width: 2, kernel: 3 });
      const normalised = builder.op('bn', 'batchNorm', [convolved]);
      return builder.op('add', 'add', [normalised, convolved]);
    });
    const result = foldBatchNorm.run({ graph: network, weights: initialiseParameters(network, registry.ops, 1) }, contextWith(registry));
    expect((result as { graph: NetworkGraph }).graph).toEqual(network);
  });

  test('matches do not overlap, in the order of the nodes', () => {
    const network = instantiatePath(space, [0, 0]);
    const fold = registry.patterns.get('foldBatchNorm')!;
    const matches = matchPatterns(network, [fold]).map(({ nodes }) => nodes.map(({ id }) => id).join(' + '));
    expect(matches).toEqual([
      'stem.conv + stem.bn',
      'block1.k3e1.depthwise + block1.k3e1.depthwiseBn',
      'block1.k3e1.project + block1.k3e1.projectBn',
      'block2.k3e1.depthwise + block2.k3e1.depthwiseBn',
      'block2.k3e1.project + block2.k3e1.projectBn',
    ]);
  });
});

describe('passes over graph and weights (plain kernels in float64)', () => {
  /** Weights as after training: every value random, variances positive. */
  const trained = (graph: SearchSpaceGraph, seed: number): TensorTable =>
    new Map(
      [...initialiseParameters(graph, registry.ops, seed)].map(([id, { shape, data }]) => {
        const random = new Random({ seed, stream: id });
        return [
          id,
          { shape, data: data.map((value) => (id.endsWith('Variance') ? 0.1 + random.uniform() : value + 0.3 * random.normal())) },
        ];
      }),
    );

  test('the network computes the same before and after, for every first candidate', async () => {
    const runner = await createPlainRunner(primitiveOps, 'double');
    const random = new Random({ seed: 5, stream: 'images' });
    const images = Float64Array.from({ length: 2 * 6 * 6 * 2 }, () => random.normal());
    const logits = ({ graph, weights }: { readonly graph: NetworkGraph; readonly weights: TensorTable }) => {
      const parameters = new Map([...weights].map(([id, { data }]) => [id, data]));
      const { values } = runner.runForward(graph, parameters, new Map([['input', images]]), { batch: 2, mode: 'inference' });
      return values.get(graph.outputs[0]!)!;
    };
    for (const first of [0, 1, 2, 3]) {
      const context = contextWith(registry);
      const chosen = await instantiate.run({ graph: space, weights: trained(space, first), choices: [first, 1] }, context);
      const folded = await removeDeadOps.run(await foldBatchNorm.run(chosen, context), context);
      expect(print(folded.graph)).toBe(print(deployedGraph(space, [first, 1], registry.patterns)));
      const before = logits(chosen);
      const after = logits(folded);
      const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
      // What is left is the rounding of the folded weights to float32.
      expect(norm(before.map((value, index) => value - after[index]!)) / norm(before)).toBeLessThan(2e-7);
      const owners = new Set(folded.graph.nodes.map(({ id }) => id));
      expect([...folded.weights.keys()].filter((id) => !owners.has(id.slice(0, id.lastIndexOf('.'))))).toEqual([]);
    }
    runner.dispose();
  });
});
