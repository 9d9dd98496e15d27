// The chosen network as a graph with its initial weights: new ones, or its share of the supernet's.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, PassContext, TaskDescription } from '@nasc/core';
import { initialiseParameters } from '@nasc/ir';
import { instantiatePath, keepWeightsOf } from '@nasc/transforms';
import type { WeightedNetwork } from '@nasc/transforms';

export interface UntrainedNetwork extends WeightedNetwork {
  readonly task: TaskDescription;
}

export const choosePathPass = definePass({
  name: 'choosePath',
  run(
    { searchSpace, architecture, searchResult }: ConsumedArtifacts<'searchSpace' | 'architecture' | 'searchResult'>,
    { config, registry }: PassContext,
  ): UntrainedNetwork {
    const graph = instantiatePath(searchSpace.graph, architecture.choices);
    const weights =
      config.derive.retrain.from === 'shared'
        ? keepWeightsOf(graph, searchResult.weights)
        : initialiseParameters(graph, registry.ops, config.seed);
    return { task: searchSpace.task, graph, weights };
  },
});
