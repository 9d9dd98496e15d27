// Which entry of the latency table a node's time counts for.
import { choicesOf, isChoice, unitsOf } from '@nasc/ir';
import type { BlockKey } from '@nasc/core';
import type { NodeId, OpNode, SearchSpaceGraph } from '@nasc/ir';

export type KeyOfNode = (node: OpNode) => BlockKey;

/**
 * A function from nodes of any network of the space to their entry. Nodes of a candidate count for its choice; so do the
 * nodes around a group's only choice (the shortcut's addition), because the runtime fuses them into the candidate. The
 * rest counts for its unit, and a node without one for itself.
 */
export const blockKeys = (space: SearchSpaceGraph): KeyOfNode => {
  const unitOf = unitsOf(space.groups);
  const choiceOfNode = new Map<NodeId, number>();
  const choicesOfGroup = new Map<string, number[]>();
  for (const [index, choice] of choicesOf(space).entries()) {
    choiceOfNode.set(choice.id, index);
    for (const candidate of choice.candidates) for (const node of candidate.graph.nodes) choiceOfNode.set(node.id, index);
    if (choice.group !== undefined) choicesOfGroup.set(choice.group, [...(choicesOfGroup.get(choice.group) ?? []), index]);
  }
  return (node) => {
    const choice = choiceOfNode.get(node.id);
    if (choice !== undefined) return choice;
    const inGroup = node.group === undefined ? undefined : choicesOfGroup.get(node.group);
    return inGroup?.length === 1 ? inGroup[0]! : unitOf(node);
  };
};

/** Every fixed entry of a space: what a network of it has besides its choices. */
export const fixedKeys = (space: SearchSpaceGraph): readonly string[] => {
  const keyOf = blockKeys(space);
  const keys = space.nodes.filter((node) => !isChoice(node)).map((node) => keyOf(node));
  return [...new Set(keys.filter((key) => typeof key === 'string'))];
};
