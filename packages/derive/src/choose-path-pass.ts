// The chosen network as a graph with its initial weights: new ones, its share of the supernet's, or those of a file.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, PassContext, SearchResult, TaskDescription, TeacherNetwork } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { initialiseParameters } from '@nasc/ir';
import type { NetworkGraph, TensorTable } from '@nasc/ir';
import { keepWeightsOf } from '@nasc/transforms';
import type { WeightedNetwork } from '@nasc/transforms';
import { isWeightsFile, loadWeights } from './load-weights.ts';
import { messages } from './messages.ts';
import { networkToTrain } from './train-to-completion.ts';

export interface UntrainedNetwork extends WeightedNetwork {
  readonly task: TaskDescription;
  readonly teacher: TeacherNetwork | undefined;
}

const initialWeights = (
  graph: NetworkGraph,
  { weights, strategy }: SearchResult,
  { config, folder, registry }: PassContext,
): TensorTable => {
  const { from } = config.derive.retrain;
  if (from === 'shared') {
    if (!weights) throw new DiagnosticError([messages.nothingShared(strategy)]);
    return keepWeightsOf(graph, weights);
  }
  return isWeightsFile(from) ? loadWeights(from, folder, graph, registry.ops) : initialiseParameters(graph, registry.ops, config.seed);
};

export const choosePathPass = definePass({
  name: 'choosePath',
  run(
    { searchSpace, architecture, searchResult, teacher }: ConsumedArtifacts<'searchSpace' | 'architecture' | 'searchResult' | 'teacher'>,
    context: PassContext,
  ): UntrainedNetwork {
    const graph = networkToTrain(searchSpace.graph, architecture.choices, context);
    const weights = initialWeights(graph, searchResult, context);
    return { task: searchSpace.task, graph, weights, teacher: teacher.network };
  },
});
