// Warm-up: the shared weights learn from one uniformly sampled path a step, so that no candidate has a head start when the
// gates begin to choose (ProxylessNAS, section 3.2; the schedule is one cosine over the whole warm-up).
import { taskDataset } from '@nasc/core';
import type { ConsumedArtifacts, Pass, Supernet } from '@nasc/core';
import { choicesOf, initialiseParameters } from '@nasc/ir';
import { batchSource, cosineSchedule, splitTask, stepsOf, trainNetwork, uniformMixtures } from '@nasc/training';

export const warmUp: Pass<ConsumedArtifacts<'searchSpace'>, Supernet> = {
  name: 'warm-up',
  async run({ searchSpace }, context) {
    const { config, registry, signal } = context;
    const { train: recipe, task, seed } = config;
    const dataset = await taskDataset(context, searchSpace.task);
    const { engine, options } = await context.engine();
    const batches = batchSource({
      subset: splitTask(dataset, task, seed).train,
      classes: dataset.classes.length,
      batchSize: recipe.batchSize,
      normalisation: searchSpace.task.normalisation,
      augmentation: { ...dataset.defaultAugmentation, ...task.augmentation },
      labelSmoothing: recipe.labelSmoothing,
      seed,
      stream: 'warmup',
    });
    const steps = stepsOf(recipe.epochs, batches);

    const program = await engine.compile(searchSpace.graph, {
      ...options,
      ops: registry.ops,
      patterns: registry.patterns,
      activePaths: 1,
      batchSize: batches.batchSize,
      signal,
    });
    try {
      await program.writeState({ parameters: initialiseParameters(searchSpace.graph, registry.ops, seed) });
      const { learningRate, warmUpSteps, ...optimizer } = recipe.optimizer;
      const { history, images } = await trainNetwork({
        program,
        batches,
        steps,
        schedule: cosineSchedule({ learningRate, warmUpSteps, steps }),
        optimizer: { ...optimizer, nesterov: true },
        path: uniformMixtures({ choices: choicesOf(searchSpace.graph), seed, stream: 'warmup.path' }),
        seed,
        stream: 'warmup',
        at: '/train',
        signal,
        progress: context.progress,
      });
      const { parameters } = await program.readState();
      return { weights: parameters, history, imagesForwardBackward: images };
    } finally {
      await program.dispose();
    }
  },
};
