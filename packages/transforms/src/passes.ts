// The passes of this package, over a graph and its weights.
import { definePass } from '@nasc/core';
import type { NetworkGraph, PatternLookup, SearchSpaceGraph, TensorTable } from '@nasc/ir';
import { instantiatePath } from './instantiate-path.ts';
import { removeUnused } from './remove-unused.ts';
import { rewriteGraph, rewriteNetwork } from './rewrite-network.ts';
import { keepWeightsOf } from './weighted-network.ts';
import type { WeightedNetwork } from './weighted-network.ts';

export interface ChosenPath {
  readonly graph: SearchSpaceGraph;
  /** Shared weights of the space, or any part of them that the path needs. */
  readonly weights: TensorTable;
  /** Index of the candidate per choice. */
  readonly choices: readonly number[];
}

/** One network of a space, with its share of the weights. */
export const instantiate = definePass<ChosenPath, WeightedNetwork>({
  name: 'instantiate',
  run({ graph: space, weights, choices }) {
    const graph = instantiatePath(space, choices);
    return { graph, weights: keepWeightsOf(graph, weights) };
  },
});

/** Applies the patterns of phase `fold`: batch normalisation becomes part of the convolution before it. */
export const foldBatchNorm = definePass<WeightedNetwork, WeightedNetwork>({
  name: 'foldBatchNorm',
  run: ({ graph, weights }, { registry }) => rewriteNetwork({ graph, weights }, registry.patterns.all(), 'fold'),
});

/** Applies the patterns of phase `simplify` (identities, added zeros) and drops what no output depends on. */
export const removeDeadOps = definePass<WeightedNetwork, WeightedNetwork>({
  name: 'removeDeadOps',
  run(network, { registry }) {
    const { graph, weights } = rewriteNetwork(network, registry.patterns.all(), 'simplify');
    const used = removeUnused(graph);
    return { graph: used, weights: keepWeightsOf(used, weights) };
  },
});

/** The graph of one path as it is deployed, without weights: what is emitted to measure it. */
export const deployedGraph = (space: SearchSpaceGraph, choices: readonly number[], patterns: PatternLookup): NetworkGraph => {
  const folded = rewriteGraph(instantiatePath(space, choices), patterns.all(), 'fold');
  return removeUnused(rewriteGraph(folded, patterns.all(), 'simplify'));
};
