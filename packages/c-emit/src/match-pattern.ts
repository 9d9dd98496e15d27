// Finds where a pattern fits: a chain in which each node's only consumer is the next one.
import type { Graph, NodeId, OpNode, PatternDefinition } from '@nasc/ir';

/** How often each value is read: by nodes (an input read twice counts twice) and as an output of the graph. */
export const readCounts = (graph: Graph<OpNode>): ReadonlyMap<NodeId, number> => {
  const counts = new Map<NodeId, number>();
  const count = (id: NodeId) => counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  graph.outputs.forEach(count);
  return counts;
};

/** The nodes that the pattern covers starting at `start`, or undefined. */
export const matchPattern = (
  pattern: PatternDefinition,
  start: OpNode,
  graph: Graph<OpNode>,
  reads: ReadonlyMap<NodeId, number> = readCounts(graph),
): readonly OpNode[] | undefined => {
  const nodes: OpNode[] = [];
  for (const accepted of pattern.chain) {
    const last = nodes.at(-1);
    if (last && reads.get(last.id) !== 1) return undefined;
    const node: OpNode | undefined = last ? graph.nodes.find(({ inputs }) => inputs.includes(last.id)) : start;
    if (!node || !accepted.includes(node.op)) return undefined;
    nodes.push(node);
  }
  return !pattern.accepts || pattern.accepts(nodes, graph) ? nodes : undefined;
};
