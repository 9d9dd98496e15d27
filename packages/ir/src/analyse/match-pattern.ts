// Finds where a pattern fits: a chain in which each node's only consumer is the next one.
import type { Graph, NodeId, OpNode } from '../graph.ts';
import type { PatternDefinition } from '../pattern.ts';
import { readCounts } from './walk.ts';

/** The nodes that the pattern covers starting at `start`, in chain order, or undefined. */
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
