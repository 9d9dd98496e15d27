// Drops what no output depends on, and groups that have no node left.
import type { NetworkGraph } from '@nasc/ir';

export const removeUnused = (graph: NetworkGraph): NetworkGraph => {
  const used = new Set(graph.outputs);
  for (const node of graph.nodes.toReversed()) {
    if (used.has(node.id)) for (const input of node.inputs) used.add(input);
  }
  const nodes = graph.nodes.filter(({ id }) => used.has(id));
  const groups = new Set(nodes.map(({ group }) => group));
  return { ...graph, nodes, groups: graph.groups.filter(({ id }) => groups.has(id)) };
};
