// Cuts a network into its blocks. Kernels never cross a block's edge, so that a block timed alone, inside a measuring
// binary, or inside the emitted network runs the same code.
import { consumersOf, unitsOf } from '@nasc/ir';
import type { Graph, GraphInput, NodeId, OpNode } from '@nasc/ir';

export interface Block {
  /** The unit (`unitsOf`). */
  readonly id: string;
  /** The block's nodes; its inputs are the values that it reads from outside, its outputs those that are read outside. */
  readonly graph: Graph<OpNode>;
}

/** The blocks in topological order. Nodes of one unit are kept together where they follow each other. */
export const splitIntoBlocks = (graph: Graph<OpNode>): readonly Block[] => {
  const unitOf = unitsOf(graph.groups);
  const runs: { id: string; nodes: OpNode[] }[] = [];
  for (const node of graph.nodes) {
    const id = unitOf(node);
    const last = runs.at(-1);
    if (last?.id === id) last.nodes.push(node);
    else runs.push({ id, nodes: [node] });
  }
  const typeOf = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
  const consumers = consumersOf(graph);
  const outside = new Set(graph.outputs);
  return runs.map(({ id, nodes }) => {
    const inside = new Set(nodes.map((node) => node.id));
    const inputs = new Map<NodeId, GraphInput>();
    for (const input of nodes.flatMap((node) => node.inputs)) {
      if (!inside.has(input)) inputs.set(input, { id: input, type: typeOf.get(input)! });
    }
    const isReadOutside = (id: NodeId): boolean => outside.has(id) || (consumers.get(id) ?? []).some((reader) => !inside.has(reader.id));
    const own = new Set(nodes.map(({ group }) => group));
    return {
      id,
      graph: {
        inputs: [...inputs.values()],
        nodes,
        outputs: nodes.map((node) => node.id).filter(isReadOutside),
        groups: graph.groups.filter((group) => own.has(group.id)),
      },
    };
  });
};
