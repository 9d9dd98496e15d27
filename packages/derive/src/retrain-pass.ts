// Retrain: the chosen network to completion, on all training images but those that judge it.
import { definePass, taskDataset } from '@nasc/core';
import type { DerivedNetwork, PassContext } from '@nasc/core';
import { wholeSplit } from '@nasc/data';
import {
  batchSource,
  calibrationBatches,
  cosineSchedule,
  evaluateSubset,
  splitTask,
  stepsOf,
  trainNetwork,
  withStatistics,
} from '@nasc/training';
import type { UntrainedNetwork } from './choose-path-pass.ts';

/** Images behind the final statistics of batch normalisation, as they are: running ones are of the last few augmented batches. */
const statisticsImages = 4096;

export const retrainPass = definePass({
  name: 'retrain',
  async run({ task, graph, weights }: UntrainedNetwork, context: PassContext): Promise<DerivedNetwork> {
    const { config, registry, signal, progress } = context;
    const recipe = config.derive.retrain;
    const dataset = await taskDataset(context, task);
    const { retrain, scoring } = splitTask(dataset, config.task, config.seed);
    const images = { classes: dataset.classes.length, batchSize: recipe.batchSize, normalisation: task.normalisation };
    const batches = batchSource({
      ...images,
      subset: retrain,
      augmentation: { ...dataset.defaultAugmentation, ...config.task.augmentation },
      labelSmoothing: recipe.labelSmoothing,
      seed: config.seed,
      stream: 'retrain',
    });
    const steps = stepsOf(recipe.epochs, batches);
    const { engine, options } = await context.engine();
    const program = await engine.compile(graph, {
      ...options,
      ops: registry.ops,
      patterns: registry.patterns,
      activePaths: 1,
      batchSize: recipe.batchSize,
      signal,
    });
    try {
      await program.writeState({ parameters: weights });
      const { learningRate, warmUpSteps, ...optimizer } = recipe.optimizer;
      const { history } = await trainNetwork({
        program,
        batches,
        steps,
        schedule: cosineSchedule({ learningRate, warmUpSteps, steps }),
        optimizer: { ...optimizer, nesterov: true },
        seed: config.seed,
        stream: 'retrain',
        at: '/derive/retrain',
        signal,
        progress,
      });
      const asTheyAre = batchSource({ ...images, subset: retrain, seed: config.seed, stream: 'retrain.calibration' });
      const statistics = await program.recalibrate([], await calibrationBatches(asTheyAre, statisticsImages));
      const trained = withStatistics((await program.readState()).parameters, statistics);
      await program.writeState({ parameters: trained });
      const validation = await evaluateSubset(program, { ...images, subset: scoring, signal });
      // The only look at the test split before the emitted code's.
      const test = await evaluateSubset(program, { ...images, subset: wholeSplit(dataset.test), signal });
      return { graph, weights: trained, history, validation, test };
    } finally {
      await program.dispose();
    }
  },
});
