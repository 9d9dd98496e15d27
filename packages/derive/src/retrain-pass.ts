// Retrain: the chosen network to completion, on all training images but those that judge it.
import { definePass, taskDataset, withProgram } from '@nasc/core';
import type { DerivedNetwork, PassContext } from '@nasc/core';
import { wholeSplit } from '@nasc/data';
import {
  batchSource,
  calibrationBatches,
  cosineSchedule,
  evaluateSubset,
  splitTask,
  stepsOf,
  taskAugmentation,
  trainNetwork,
  withStatistics,
} from '@nasc/training';
import type { UntrainedNetwork } from './choose-path-pass.ts';
import { isWeightsFile } from './load-weights.ts';

/** Images behind the final statistics of batch normalisation, as they are: running ones are of the last few augmented batches. */
const statisticsImages = 4096;

export const retrainPass = definePass({
  name: 'retrain',
  async run({ task, graph, weights }: UntrainedNetwork, context: PassContext): Promise<DerivedNetwork> {
    const { config, checkpoint, progress } = context;
    const recipe = config.derive.retrain;
    const dataset = await taskDataset(context, task);
    const { retrain, scoring } = splitTask(dataset, config.task, config.seed);
    const { batchSize } = recipe;
    const images = { classes: dataset.classes.length, batchSize, normalisation: task.normalisation };
    const batches = batchSource({
      ...images,
      subset: retrain,
      augmentation: taskAugmentation(dataset, config.task.augmentation),
      labelSmoothing: recipe.labelSmoothing,
      seed: config.seed,
      stream: 'retrain',
    });
    const asTheyAre = batchSource({ ...images, subset: retrain, seed: config.seed, stream: 'retrain.calibration' });
    const steps = stepsOf(recipe.epochs, batches);
    const { learningRate, warmUpSteps, ...optimizer } = recipe.optimizer;

    return withProgram(context, { graph, parameters: weights, activePaths: 1, batchSize }, async (program) => {
      const { parameters, history } = await trainNetwork({
        program,
        batches,
        steps,
        schedule: cosineSchedule({ learningRate, warmUpSteps, steps }),
        optimizer: { ...optimizer, nesterov: true },
        seed: config.seed,
        stream: 'retrain',
        at: '/derive/retrain',
        checkpoint: checkpoint.part('training'),
        progress,
      });
      // Weights that were loaded and not trained keep the statistics that they came with.
      const asLoaded = isWeightsFile(recipe.from) && steps === 0;
      const trained = asLoaded
        ? parameters
        : withStatistics(parameters, await program.recalibrate([], calibrationBatches(asTheyAre, statisticsImages)));
      await program.writeState({ parameters: trained });
      const validation = await evaluateSubset(program, { ...images, subset: scoring, checkpoint: checkpoint.part('validation'), progress });
      // The only look at the test split before the emitted code's.
      const test = await evaluateSubset(program, {
        ...images,
        subset: wholeSplit(dataset.test),
        checkpoint: checkpoint.part('test'),
        progress,
      });
      return { graph, weights: trained, history, validation, test };
    });
  },
});
