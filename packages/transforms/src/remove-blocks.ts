// Takes whole blocks out of a graph, so that it becomes shallower: what read a block's output then reads its input.
import { printType } from '@nasc/ir';
import type { NodeId, OpNode, ChoiceNode, Graph } from '@nasc/ir';

/**
 * The graph without the blocks (groups) of these ids; a search space's choices go with their blocks. Each has to have one input and one
 * output of the same type, as every block with a shortcut has; everything else is a mistake of the caller's.
 */
export const removeBlocks = <Node extends OpNode | ChoiceNode>(graph: Graph<Node>, blocks: ReadonlySet<string>): Graph<Node> => {
  const removed = (node: Node): boolean => node.group !== undefined && blocks.has(node.group);
  const types = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, printType(type)]));
  const replacedBy = new Map<NodeId, NodeId>();
  for (const block of blocks) {
    const inside = graph.nodes.filter(({ group }) => group === block);
    const ids = new Set(inside.map(({ id }) => id));
    const inputs = new Set(inside.flatMap((node) => node.inputs).filter((id) => !ids.has(id)));
    const read = new Set([...graph.nodes.filter(({ group }) => group !== block).flatMap((node) => node.inputs), ...graph.outputs]);
    const outputs = [...ids].filter((id) => read.has(id));
    const [input] = inputs;
    const [output] = outputs;
    if (inputs.size !== 1 || outputs.length !== 1 || types.get(input!) !== types.get(output!))
      throw new Error(`Block "${block}" does not hand on what it reads: it cannot be left out.`);
    replacedBy.set(output!, input!);
  }
  const resolve = (id: NodeId): NodeId => {
    const replacement = replacedBy.get(id);
    return replacement === undefined ? id : resolve(replacement);
  };
  return {
    inputs: graph.inputs,
    nodes: graph.nodes.filter((node) => !removed(node)).map((node) => ({ ...node, inputs: node.inputs.map(resolve) })),
    outputs: graph.outputs.map(resolve),
    groups: graph.groups.filter(({ id }) => !blocks.has(id)),
  };
};
