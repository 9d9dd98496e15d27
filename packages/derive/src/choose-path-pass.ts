// The chosen network as a graph with its initial weights: new ones, or its share of the supernet's.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, PassContext, TaskDescription, TeacherNetwork } from '@nasc/core';
import { initialiseParameters } from '@nasc/ir';
import { keepWeightsOf } from '@nasc/transforms';
import type { WeightedNetwork } from '@nasc/transforms';
import { networkToTrain } from './train-to-completion.ts';

export interface UntrainedNetwork extends WeightedNetwork {
  readonly task: TaskDescription;
  readonly teacher: TeacherNetwork | undefined;
}

export const choosePathPass = definePass({
  name: 'choosePath',
  run(
    { searchSpace, architecture, searchResult, teacher }: ConsumedArtifacts<'searchSpace' | 'architecture' | 'searchResult' | 'teacher'>,
    context: PassContext,
  ): UntrainedNetwork {
    const { config, registry } = context;
    const graph = networkToTrain(searchSpace.graph, architecture.choices, context);
    const weights =
      config.derive.retrain.from === 'shared'
        ? keepWeightsOf(graph, searchResult.weights)
        : initialiseParameters(graph, registry.ops, config.seed);
    return { task: searchSpace.task, graph, weights, teacher: teacher.network };
  },
});
