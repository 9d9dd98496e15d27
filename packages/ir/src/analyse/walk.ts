// Small walks over a graph. A search space's regions (the graphs of its candidates) are part of it wherever that is said.
import { isChoice } from '../graph.ts';
import type { ChoiceNode, Graph, NodeId, OpNode } from '../graph.ts';
import type { TensorType } from '../tensor-type.ts';

/** The nodes in topological order; a choice is followed by those of its candidates. */
export const allNodes = (graph: Graph): readonly (OpNode | ChoiceNode)[] =>
  graph.nodes.flatMap((node) => (isChoice(node) ? [node, ...node.candidates.flatMap((candidate) => candidate.graph.nodes)] : [node]));

/** All op nodes, those of candidates too. */
export const allOpNodes = (graph: Graph): readonly OpNode[] => allNodes(graph).filter((node) => !isChoice(node));

/** A node by id, in a region too. */
export const findNode = (graph: Graph, id: NodeId): OpNode | ChoiceNode | undefined => allNodes(graph).find((node) => node.id === id);

/** The nodes that read each value, in order; a node that reads a value twice is listed twice. Regions apart. */
export const consumersOf = <Node extends OpNode | ChoiceNode>(graph: Graph<Node>): ReadonlyMap<NodeId, readonly Node[]> => {
  const consumers = new Map<NodeId, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const readers = consumers.get(input);
      if (readers) readers.push(node);
      else consumers.set(input, [node]);
    }
  }
  return consumers;
};

/** How often each value is read: by nodes (an input read twice counts twice) and as an output of the graph. Regions apart. */
export const readCounts = (graph: Graph): ReadonlyMap<NodeId, number> => {
  const counts = new Map<NodeId, number>();
  const count = (id: NodeId) => counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  graph.outputs.forEach(count);
  return counts;
};

const typesOfGraph = new WeakMap<Graph, ReadonlyMap<NodeId, TensorType>>();

/** The type of every value, those of regions too. Computed once a graph. */
export const typesOf = (graph: Graph): ReadonlyMap<NodeId, TensorType> => {
  let types = typesOfGraph.get(graph);
  if (!types) {
    const regionInputs = graph.nodes.filter(isChoice).flatMap((node) => node.candidates.flatMap((candidate) => candidate.graph.inputs));
    types = new Map([...graph.inputs, ...regionInputs, ...allNodes(graph)].map(({ id, type }) => [id, type]));
    typesOfGraph.set(graph, types);
  }
  return types;
};
