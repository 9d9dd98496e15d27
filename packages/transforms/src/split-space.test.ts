import { buildGraph, float32, isChoice } from '@nasc/ir';
import { beforeAll, expect, test } from 'vitest';
import type { Registry } from '@nasc/core';
import type { SearchSpaceGraph } from '@nasc/ir';
import { loadRegistry, smallSpace } from './small-space.test-helper.ts';
import { blockNetworks, splitSpace } from './split-space.ts';

let registry: Registry;
beforeAll(async () => {
  registry = await loadRegistry();
});

const idsOf = ({ nodes }: { readonly nodes: readonly { readonly id: string }[] }) => nodes.map(({ id }) => id);

test('a space is cut into a choice with what surrounds it, and fixed units', () => {
  const space = smallSpace(registry);
  const pieces = splitSpace(space);
  expect(pieces.map(({ id, choice }) => [id, choice])).toEqual([
    ['stem', undefined],
    ['block1', 0],
    ['block2', 1],
    ['head', undefined],
  ]);
  // Nothing is lost or in two pieces.
  expect(pieces.flatMap(({ graph }) => idsOf(graph))).toEqual(idsOf(space));
  const [stem, block1] = pieces;
  expect(block1!.graph.inputs).toEqual([{ id: stem!.graph.outputs[0], type: float32(3, 3, 4) }]);
  expect(block1!.graph.outputs).toEqual(['block1.add']);
  expect(block1!.graph.groups.map(({ id }) => id)).toEqual(['block1']);
});

test('a group with several choices is cut at each of them, and what several pieces read is an input of each', () => {
  const identity = { name: 'identity', macro: 'identity', attributes: {} };
  const space: SearchSpaceGraph = buildGraph(registry, (builder) => {
    const input = builder.input('input', float32(6, 6, 2));
    const cell = builder.group({ id: 'cell', macro: 'cell', attributes: {}, shortcut: false });
    const left = cell.choice('left', [input], [identity]);
    const right = cell.choice('right', [input], [identity]);
    return cell.op('sum', 'add', [left, right]);
  });
  expect(
    splitSpace(space).map(({ id, choice, graph }) => [id, choice, graph.nodes.some(isChoice), graph.inputs.map((one) => one.id)]),
  ).toEqual([
    ['cell', 0, true, ['input']],
    ['cell', 1, true, ['input']],
    ['cell', undefined, false, ['cell.left', 'cell.right']],
  ]);
});

test('blocks are networks of their own, as they are deployed', () => {
  const space = smallSpace(registry);
  const nodesOf = (block: number | string, candidate: number) => blockNetworks(space, block, candidate, registry.patterns).map(idsOf);
  expect(nodesOf('stem', 0)).toEqual([['stem.conv', 'stem.act']]);
  expect(nodesOf(0, 1)[0]).toContain('block1.add');
  expect(nodesOf(1, 0)[0]!.every((id) => id.startsWith('block2'))).toBe(true);
  // Zero beside a shortcut leaves nothing to compute.
  expect(nodesOf(1, 3)).toEqual([]);
  expect(nodesOf('elsewhere', 0)).toEqual([]);
});
