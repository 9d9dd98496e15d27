// A node with its operand types: what cost functions and lowerings look at.
import type { Graph, OpNode } from '../graph.ts';
import type { OpView } from '../op.ts';
import { typesOf } from './walk.ts';

/** `graph` is the one that the node is in, or the space whose region it is in. */
export const viewOf = (node: OpNode, graph: Graph): OpView => {
  const types = typesOf(graph);
  const inputs = node.inputs.map((id) => {
    const type = types.get(id);
    if (!type) throw new Error(`Node "${node.id}" reads "${id}", which its graph does not have.`);
    return type;
  });
  return { node, attributes: node.attributes, inputs, output: node.type };
};
