// Cuts a search space into the pieces that are timed: one for every choice with what surrounds it in its group, and the
// fixed units. Inside a piece all kernels are those of the emitted network, because kernels never cross a unit's edge.
import type { BlockKey } from '@nasc/core';
import { choicesOf, consumersOf, isChoice, unitsOf } from '@nasc/ir';
import type { ChoiceNode, GraphInput, NetworkGraph, NodeId, OpNode, PatternLookup, SearchSpaceGraph } from '@nasc/ir';
import { deployedGraph } from './passes.ts';

export interface SpaceBlock {
  /** Its unit: its key where there is no choice. */
  readonly id: string;
  /** Index of its only choice in `choicesOf(space)`; undefined for fixed pieces. */
  readonly choice: number | undefined;
  /** The piece as a space of its own: at most one choice. */
  readonly graph: SearchSpaceGraph;
}

const inputsOf = (node: OpNode | ChoiceNode): readonly NodeId[] => node.inputs;

/** The pieces in topological order. A group with several choices is cut at each of them. */
export const splitSpace = (space: SearchSpaceGraph): readonly SpaceBlock[] => {
  const choicesPerGroup = new Map<string, number>();
  for (const node of space.nodes) {
    if (isChoice(node) && node.group !== undefined) choicesPerGroup.set(node.group, (choicesPerGroup.get(node.group) ?? 0) + 1);
  }
  const unitOf = unitsOf(space.groups);
  const runs: { key: string; id: string; nodes: (OpNode | ChoiceNode)[] }[] = [];
  for (const node of space.nodes) {
    const id = unitOf(node);
    const alone = isChoice(node) && (choicesPerGroup.get(node.group ?? id) ?? 0) > 1;
    const key = alone ? node.id : id;
    const last = runs.at(-1);
    if (last?.key === key) last.nodes.push(node);
    else runs.push({ key, id, nodes: [node] });
  }
  const typeOf = new Map([...space.inputs, ...space.nodes].map(({ id, type }) => [id, type]));
  const choices = new Map(choicesOf(space).map(({ id }, index) => [id, index]));
  const consumers = consumersOf(space);
  const readAtEnd = new Set(space.outputs);
  return runs.map(({ id, nodes }) => {
    const inside = new Set(nodes.map((node) => node.id));
    const inputs = new Map<NodeId, GraphInput>();
    for (const input of nodes.flatMap(inputsOf)) if (!inside.has(input)) inputs.set(input, { id: input, type: typeOf.get(input)! });
    const isReadOutside = (id: NodeId): boolean => readAtEnd.has(id) || (consumers.get(id) ?? []).some((reader) => !inside.has(reader.id));
    const own = new Set(nodes.map(({ group }) => group));
    const choice = nodes.find(isChoice);
    return {
      id,
      choice: choice && choices.get(choice.id),
      graph: {
        inputs: [...inputs.values()],
        nodes,
        outputs: nodes.map((node) => node.id).filter(isReadOutside),
        groups: space.groups.filter((group) => own.has(group.id)),
      },
    };
  });
};

/**
 * The pieces that count for one entry of a latency table, as networks of their own: a choice with candidate `candidate`, or what is
 * fixed in a unit, which is several pieces where others lie between them. What computes nothing is left out.
 */
export const blockNetworks = (
  space: SearchSpaceGraph,
  block: BlockKey,
  candidate: number,
  patterns: PatternLookup,
): readonly NetworkGraph[] =>
  splitSpace(space)
    .filter(({ id, choice }) => (choice ?? id) === block)
    .map(({ graph, choice }) => deployedGraph(graph, choice === undefined ? [] : [candidate], patterns))
    .filter(({ nodes }) => nodes.length > 0);
