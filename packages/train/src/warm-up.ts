// Warm-up: the shared weights learn from one uniformly sampled path a step, so that no candidate has a head start when the
// gates begin to choose (ProxylessNAS, section 3.2; the schedule is one cosine over the whole warm-up).
import { taskDataset, withProgram } from '@nasc/core';
import type { ConsumedArtifacts, Pass, Supernet } from '@nasc/core';
import { choicesOf, initialiseParameters } from '@nasc/ir';
import {
  batchSource,
  cosineSchedule,
  splitTask,
  stepsOf,
  taskAugmentation,
  trainNetwork,
  trainingCost,
  uniformMixtures,
} from '@nasc/training';

export const warmUp: Pass<ConsumedArtifacts<'searchSpace'>, Supernet> = {
  name: 'warm-up',
  async run({ searchSpace }, context) {
    const { train: recipe, task, seed } = context.config;
    const { graph } = searchSpace;
    const parameters = initialiseParameters(graph, context.registry.ops, seed);
    // One network is trained once, in the end.
    if (choicesOf(graph).length === 0) return { weights: parameters, history: { columns: {} }, cost: { imagesForwardBackward: 0 } };

    const dataset = await taskDataset(context, searchSpace.task);
    const batches = batchSource({
      subset: splitTask(dataset, task, seed).train,
      classes: dataset.classes.length,
      batchSize: recipe.batchSize,
      normalisation: searchSpace.task.normalisation,
      augmentation: taskAugmentation(dataset, task.augmentation),
      labelSmoothing: recipe.labelSmoothing,
      seed,
      stream: 'warmup',
    });
    const steps = stepsOf(recipe.epochs, batches);
    const { learningRate, warmUpSteps, ...optimizer } = recipe.optimizer;

    return withProgram(context, { graph, parameters, activePaths: 1, batchSize: batches.batchSize }, async (program) => {
      const trained = await trainNetwork({
        program,
        batches,
        steps,
        schedule: cosineSchedule({ learningRate, warmUpSteps, steps }),
        optimizer,
        path: uniformMixtures({ choices: choicesOf(graph), seed, stream: 'warmup.path' }),
        seed,
        stream: 'warmup',
        at: '/train',
        checkpoint: context.checkpoint,
        progress: context.progress,
      });
      return { weights: trained.parameters, history: trained.history, cost: trainingCost(trained.images, program) };
    });
  },
};
