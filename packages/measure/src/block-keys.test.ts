import { asNetwork, buildGraph, choicesOf, float32, lookupOf } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { instantiatePath } from '@nasc/transforms';
import { expect, test } from 'vitest';
import { blockKeys, fixedKeys } from './block-keys.ts';

const candidates = [
  { name: 'k3e3', macro: 'mbConv', attributes: { width: 4, kernel: 3, expansion: 3 } },
  { name: 'identity', macro: 'identity', attributes: {} },
];
const space = buildGraph({ ops: lookupOf(primitiveOps), macros: lookupOf(macros) }, (builder) => {
  const image = builder.input('image', float32(6, 6, 4));
  const single = builder.group({ id: 'single', macro: 'choice', attributes: {}, shortcut: true });
  const first = single.op('add', 'add', [image, single.choice('choice', [image], candidates)]);
  const tree = builder.group({ id: 'tree', macro: 'tree', attributes: {}, shortcut: false });
  const second = tree.op('merge', 'add', [
    tree.choice('left.choice', [first], candidates),
    tree.choice('right.choice', [first], candidates),
  ]);
  return builder.op('last', 'relu', [second]);
});

test('a candidate counts for its choice, what surrounds an only choice too, the rest for its group or itself', () => {
  const keyOf = blockKeys(space);
  const keys = Object.fromEntries(asNetwork(instantiatePath(space, [0, 0, 1])).nodes.map((node) => [node.id, keyOf(node)]));
  expect(keys).toMatchObject({
    'single.k3e3.depthwise': 0,
    'single.add': 0,
    'tree.left.k3e3.project': 1,
    'tree.merge': 'tree',
    last: 'last',
  });
  expect(choicesOf(space)).toHaveLength(3);
  expect(fixedKeys(space)).toEqual(['tree', 'last']);
});
