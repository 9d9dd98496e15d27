// A search space, or a network, as a profile knows it: names and keys of its blocks, without a graph.
import type { PredictedSpace, ProfiledBlock } from '@nasc/core';
import { byteLength, choicesOf, costTable, isChoice, sumCosts, unitsOf } from '@nasc/ir';
import type { ChoiceNode, Cost, Group, NodeId, OpLookup, OpNode, SearchSpaceGraph, TensorType } from '@nasc/ir';
import { blockKey, nothingKey, unitKey } from './block-key.ts';
import type { Block } from './block-key.ts';

type Sizes = Omit<ProfiledBlock, 'ms' | 'count' | 'variance'>;
type Node = OpNode | ChoiceNode;

/** Where a value comes into a set of nodes, in order. */
const outsideInputs = (nodes: readonly Node[]): readonly NodeId[] => {
  const own = new Set(nodes.map(({ id }) => id));
  return [...new Set(nodes.flatMap((node) => node.inputs.filter((input) => !own.has(input))))];
};

export const describeSpace = (name: string, space: SearchSpaceGraph, ops: OpLookup): PredictedSpace => {
  const types = new Map<NodeId, TensorType>([...space.inputs, ...space.nodes].map(({ id, type }) => [id, type]));
  const groups = new Map(space.groups.map((group) => [group.id, group]));
  const costs = costTable(space, ops);
  const blocks: Record<string, Sizes> = {};
  const nodesOf = new Map<string, Node[]>();
  for (const node of space.nodes) if (node.group !== undefined) nodesOf.set(node.group, [...(nodesOf.get(node.group) ?? []), node]);

  const shapes = (ids: readonly NodeId[]) => ids.map((id) => types.get(id)!.shape);
  const add = (block: Block, boundary: readonly NodeId[], nodes: readonly Cost[]): string => {
    const key = blockKey(block);
    if (key === nothingKey) return key;
    const { macs, parameters } = sumCosts(nodes);
    blocks[key] = { macs, parameters, activationBytes: boundary.reduce((sum, id) => sum + byteLength(types.get(id)!), 0) };
    return key;
  };

  const choices = choicesOf(space).map((choice) => {
    const group = choice.group === undefined ? undefined : groups.get(choice.group);
    // A choice inside a macro (an edge of a cell) is its own block; elsewhere what lies around it in its group belongs to it.
    const whole = group?.macro === 'choice' ? nodesOf.get(group.id)! : [choice];
    const inputs = outsideInputs(whole);
    const output = whole.at(-1)!;
    const shortcut = group?.macro === 'choice' && group.shortcut;
    const around = whole.filter((node): node is OpNode => !isChoice(node)).map(({ id }) => costs[id]!);
    const candidates = choice.candidates.map((candidate) => {
      const { macro, attributes, graph } = candidate;
      const block = { macro, attributes, inputs: shapes(inputs), output: output.type.shape, shortcut };
      return { name: candidate.name, key: add(block, [...inputs, output.id], [...graph.nodes.map(({ id }) => costs[id]!), ...around]) };
    });
    return { id: choice.id, candidates };
  });

  const unitOf = unitsOf(space.groups);
  const chosen = new Set(choicesOf(space).flatMap(({ group, id }) => (groups.get(group ?? '')?.macro === 'choice' ? [group!] : [id])));
  const fixed = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const node of space.nodes) {
    const place = node.group ?? node.id;
    if (chosen.has(place) || isChoice(node) || seen.has(place)) continue;
    seen.add(place);
    const group: Pick<Group, 'macro' | 'attributes' | 'shortcut'> = groups.get(place) ?? {
      macro: node.op,
      attributes: node.attributes,
      shortcut: false,
    };
    const nodes = node.group === undefined ? [node] : nodesOf.get(node.group)!.filter((one): one is OpNode => !isChoice(one));
    const inputs = outsideInputs(nodes);
    const output = nodes.at(-1)!;
    const block = {
      macro: group.macro,
      attributes: group.attributes,
      inputs: shapes(inputs),
      output: output.type.shape,
      shortcut: group.shortcut,
    };
    const key = add(
      block,
      [...inputs, output.id],
      nodes.map(({ id }) => costs[id]!),
    );
    const unit = unitOf(node);
    fixed.set(unit, [...(fixed.get(unit) ?? []), key]);
  }
  for (const keys of fixed.values()) {
    const sizes = keys.flatMap((key) => blocks[key] ?? []);
    const sum = (size: keyof Sizes) => sizes.reduce((total, one) => total + one[size]!, 0);
    if (keys.length > 1)
      blocks[unitKey(keys)] = { macs: sum('macs'), parameters: sum('parameters'), activationBytes: sum('activationBytes') };
  }
  return { name, choices, fixed: [...fixed].map(([id, keys]) => ({ id, keys })), blocks };
};
