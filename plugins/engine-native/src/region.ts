// The graph cut at its choices: the trunk, and one region for every candidate. Each is planned on its own.
import { choicesOf } from '@nasc/ir';
import type { ChoiceNode, Graph, NodeId, OpNode, TensorType } from '@nasc/ir';

export interface Region {
  /** `` (the trunk) or `CHOICE/CANDIDATE`. */
  readonly id: string;
  readonly inputs: readonly { readonly id: NodeId; readonly type: TensorType }[];
  readonly nodes: readonly (OpNode | ChoiceNode)[];
  readonly output: NodeId;
  readonly types: ReadonlyMap<NodeId, TensorType>;
}

export interface CutGraph {
  readonly trunk: Region;
  readonly choices: readonly {
    readonly node: ChoiceNode;
    readonly candidates: readonly Region[];
  }[];
}

const regionOf = (id: string, graph: Graph): Region => {
  const types = new Map<NodeId, TensorType>([...graph.inputs, ...graph.nodes].map((value) => [value.id, value.type]));
  if (graph.outputs.length !== 1) throw new Error(`A graph to train has one output; "${id}" has ${graph.outputs.length}.`);
  return { id, inputs: graph.inputs, nodes: graph.nodes, output: graph.outputs[0]!, types };
};

export const cutGraph = (graph: Graph): CutGraph => ({
  trunk: regionOf('', graph),
  choices: choicesOf(graph).map((node) => ({
    node,
    candidates: node.candidates.map(({ name, graph: inner }) => regionOf(`${node.id}/${name}`, inner)),
  })),
});
