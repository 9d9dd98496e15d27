// The blocks of a space or a network, each with its key: what a table is asked for.
import { choicesOf, isChoice, unitsOf } from '@nasc/ir';
import type { ChoiceNode, Group, OpNode, SearchSpaceGraph } from '@nasc/ir';
import { blockKey } from './block-key.ts';
import type { Block } from './block-key.ts';

export interface KeyedBlock {
  /** As messages name it: `stem`, `stage1.block1/k3e3`. */
  readonly name: string;
  readonly macro: string;
  /** Undefined where no key describes it; null where it costs nothing: Zero beside a shortcut. */
  readonly key: string | null | undefined;
}

export interface FixedBlock extends KeyedBlock {
  readonly unit: string;
}

export interface BlocksOfSpace {
  /** By choice, in the order of `choicesOf(space)`, and candidate. */
  readonly choices: readonly (readonly KeyedBlock[])[];
  /** Blocks without a choice, and nodes that belong to none. */
  readonly fixed: readonly FixedBlock[];
}

type Node = OpNode | ChoiceNode;

const keyOf = (block: Block): string | null | undefined => (block.macro === 'zero' && block.shortcut ? null : blockKey(block));

export const listBlocks = (space: SearchSpaceGraph): BlocksOfSpace => {
  const unitOf = unitsOf(space.groups);
  const shapes = new Map([...space.inputs, ...space.nodes].map(({ id, type }) => [id, type.shape]));
  const groups = new Map(space.groups.map((group) => [group.id, group]));
  const nodesOf = new Map<string, Node[]>();
  for (const node of space.nodes) {
    if (node.group !== undefined) nodesOf.set(node.group, [...(nodesOf.get(node.group) ?? []), node]);
  }

  /** Sizes of a block, where it has one input. */
  const sizesOf = ({ id }: Group): Pick<Block, 'input' | 'output'> | undefined => {
    const nodes = nodesOf.get(id)!;
    const own = new Set(nodes.map((node) => node.id));
    const inputs = new Set(nodes.flatMap((node) => node.inputs.filter((input) => !own.has(input))));
    const [input] = inputs;
    return inputs.size === 1 ? { input: shapes.get(input!)!, output: nodes.at(-1)!.type.shape } : undefined;
  };

  const choices = choicesOf(space).map(({ id, group: groupId, candidates }) => {
    const group = groupId === undefined ? undefined : groups.get(groupId);
    // A choice inside a macro (an edge of a cell, say) is no block.
    const sizes = group?.macro === 'choice' ? sizesOf(group) : undefined;
    return candidates.map(({ name, macro, attributes }): KeyedBlock => ({
      name: `${groupId ?? id}/${name}`,
      macro,
      key: sizes && keyOf({ macro, attributes, ...sizes, shortcut: group!.shortcut }),
    }));
  });

  const fixed: FixedBlock[] = [];
  const seen = new Set<string>();
  for (const node of space.nodes) {
    const group = node.group === undefined ? undefined : groups.get(node.group);
    if (!group) {
      if (!isChoice(node)) fixed.push({ name: node.id, macro: node.op, key: undefined, unit: unitOf(node) });
    } else if (!seen.has(group.id)) {
      seen.add(group.id);
      const { id, macro, attributes, shortcut } = group;
      const sizes = sizesOf(group);
      if (macro !== 'choice')
        fixed.push({ name: id, macro, key: sizes && keyOf({ macro, attributes, ...sizes, shortcut }), unit: unitOf(node) });
    }
  }
  return { choices, fixed };
};
