// The chosen network as a graph with its initial weights: new ones, or its share of the supernet's.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, PassContext, TaskDescription } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { initialiseParameters } from '@nasc/ir';
import { instantiatePath, keepWeightsOf } from '@nasc/transforms';
import type { WeightedNetwork } from '@nasc/transforms';
import { messages } from './messages.ts';

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
    if (config.derive.retrain.from === 'scratch')
      return { task: searchSpace.task, graph, weights: initialiseParameters(graph, registry.ops, config.seed) };
    if (!searchResult.weights) throw new DiagnosticError([messages.nothingShared(searchResult.strategy)]);
    return { task: searchSpace.task, graph, weights: keepWeightsOf(graph, searchResult.weights) };
  },
});
