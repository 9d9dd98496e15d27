// Where patterns fit in a graph.
import { matchPattern, readCounts } from '@nasc/ir';
import type { NetworkGraph, NodeId, OpNode, PatternDefinition } from '@nasc/ir';

export interface GraphMatch {
  readonly pattern: PatternDefinition;
  /** In chain order. */
  readonly nodes: readonly OpNode[];
}

/** Matches that do not overlap: from the first node on, at each node the first pattern of the list that fits. */
export const matchPatterns = (graph: NetworkGraph, patterns: readonly PatternDefinition[]): readonly GraphMatch[] => {
  const reads = readCounts(graph);
  const covered = new Set<NodeId>();
  const matches: GraphMatch[] = [];
  for (const start of graph.nodes) {
    for (const pattern of patterns) {
      const nodes = matchPattern(pattern, start, graph, reads);
      if (!nodes || nodes.some(({ id }) => covered.has(id))) continue;
      for (const { id } of nodes) covered.add(id);
      matches.push({ pattern, nodes });
      break;
    }
  }
  return matches;
};
