// A network with its parameters: what the passes of this package work on.
import type { NetworkGraph, NodeId, TensorTable } from '@nasc/ir';

export interface WeightedNetwork {
  readonly graph: NetworkGraph;
  readonly weights: TensorTable;
}

const ownerOf = (parameter: string): NodeId => parameter.slice(0, parameter.lastIndexOf('.'));

/** The parameters whose nodes are in the graph. */
export const keepWeightsOf = (graph: NetworkGraph, weights: TensorTable): TensorTable => {
  const ids = new Set(graph.nodes.map(({ id }) => id));
  return new Map([...weights].filter(([parameter]) => ids.has(ownerOf(parameter))));
};
