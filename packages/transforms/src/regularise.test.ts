import type { Registry } from '@nasc/core';
import { buildNetwork, float32, initialiseParameters, verifyGraph } from '@nasc/ir';
import type { NetworkGraph, SearchSpaceGraph } from '@nasc/ir';
import { beforeAll, expect, test } from 'vitest';
import { instantiatePath, removeDeadOps, withDropout, withDropPath } from './index.ts';
import { contextWith, loadRegistry, smallSpace } from './small-space.test-helper.ts';

let registry: Registry;
let space: SearchSpaceGraph;
beforeAll(async () => {
  registry = await loadRegistry();
  space = smallSpace(registry);
});

/** Node -> rate, of every op of a name. */
const ratesOf = (graph: NetworkGraph, op: string) =>
  Object.fromEntries(graph.nodes.filter((node) => node.op === op).map(({ id, attributes }) => [id, attributes['rate']]));

/** As it would be exported. */
const exported = (graph: NetworkGraph) =>
  (removeDeadOps.run({ graph, weights: new Map() }, contextWith(registry)) as { readonly graph: NetworkGraph }).graph;

test('dropout: the rate of the space’s head is replaced, 0 takes it out; nothing else changes', () => {
  const network = instantiatePath(space, [0, 1]);
  const dropped = withDropout(network, registry.ops, 0.2);
  expect(ratesOf(dropped, 'dropout')).toEqual({ 'head.dropout': 0.2 });
  const without = withDropout(network, registry.ops, 0);
  expect(ratesOf(without, 'dropout')).toEqual({});
  expect(without.nodes.at(-1)).toMatchObject({ id: 'head.logits', inputs: ['head.pool'] });
  for (const graph of [dropped, without]) {
    expect(verifyGraph(graph, registry.ops)).toEqual([]);
    expect(exported(graph)).toEqual(exported(network));
    expect(initialiseParameters(graph, registry.ops, 1)).toEqual(initialiseParameters(network, registry.ops, 1));
  }
});

test('dropout goes before the last layer with weights on the way to the output, whatever it is and whatever follows it', () => {
  const network = buildNetwork(registry, (builder) => {
    const features = builder.op('features', 'conv2d', [builder.input('image', float32(4, 4, 2))], { width: 8, kernel: 3 });
    const pooled = builder.op('pool', 'globalAvgPool', [builder.op('classes', 'conv2d', [features], { width: 3, kernel: 1 })]);
    // Not on the way.
    builder.op('aside', 'linear', [pooled], { width: 3 });
    return builder.op('scaled', 'relu', [pooled]);
  });
  const dropped = withDropout(network, registry.ops, 0.3);
  expect(verifyGraph(dropped, registry.ops)).toEqual([]);
  expect(dropped.nodes.map(({ id, inputs }) => `${id} < ${inputs.join()}`)).toEqual([
    'features < image',
    'classes.dropout < features',
    'classes < classes.dropout',
    'pool < classes',
    'aside < pool',
    'scaled < pool',
  ]);
  expect(withDropout(network, registry.ops, 0)).toEqual(network);
});

test('drop path: on the branch of every residual block, rising linearly; blocks without layers are no depth', () => {
  const network = instantiatePath(space, [0, 1]);
  const dropped = withDropPath(network, registry.ops, 0.2);
  expect(ratesOf(dropped, 'dropPath')).toEqual({ 'block1.add.dropPath': 0.1, 'block2.add.dropPath': 0.2 });
  expect(dropped.nodes.filter(({ op }) => op === 'dropPath' || op === 'add').map(({ inputs }) => inputs)).toEqual([
    ['block1.k3e1.projectBn'],
    ['block1.add.dropPath', 'stem.act'],
    ['block2.k5e2.projectBn'],
    ['block2.add.dropPath', 'block1.add'],
  ]);
  expect(verifyGraph(dropped, registry.ops)).toEqual([]);
  expect(exported(dropped)).toEqual(exported(network));
  expect(withDropPath(network, registry.ops, 0)).toEqual(network);
  // Zero, and identity.
  for (const none of [3, 2])
    expect(ratesOf(withDropPath(instantiatePath(space, [none, 1]), registry.ops, 0.2), 'dropPath')).toEqual({ 'block2.add.dropPath': 0.2 });
});
