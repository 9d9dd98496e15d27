// What student and teacher have in common: one network of the space, trained by the recipe on all training images but those that judge
// it, with the statistics of batch normalisation computed anew at the end.
import { taskDataset, withProgram } from '@nasc/core';
import type { Accuracy, PassContext, Program, TaskDescription, TrainingHistory } from '@nasc/core';
import { wholeSplit } from '@nasc/data';
import type { NetworkGraph, SearchSpaceGraph, TensorTable } from '@nasc/ir';
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
import type { TrainNetworkOptions } from '@nasc/training';
import { instantiatePath, withDropout, withDropPath } from '@nasc/transforms';

/** Images behind the final statistics of batch normalisation, as they are: running ones are of the last few augmented batches. */
const statisticsImages = 4096;

/** A path with what the recipe drops in training. */
export const networkToTrain = (
  space: SearchSpaceGraph,
  choices: readonly number[],
  { config, registry }: Pick<PassContext, 'config' | 'registry'>,
): NetworkGraph => {
  const { dropout, dropPath } = config.derive.retrain;
  const graph = withDropPath(instantiatePath(space, choices), registry.ops, dropPath);
  return dropout === undefined ? graph : withDropout(graph, registry.ops, dropout);
};

export interface TrainingRequest {
  readonly task: TaskDescription;
  readonly graph: NetworkGraph;
  /** Initial ones. */
  readonly weights: TensorTable;
  /** Whether these come with statistics of batch normalisation that stand where nothing is trained. */
  readonly loaded?: boolean;
  readonly epochs: number;
  /** Keys its random numbers. */
  readonly stream: string;
  /** Where its epochs stand in the config. */
  readonly at: string;
  readonly teach?: TrainNetworkOptions['teach'];
}

export interface CompletedNetwork {
  readonly graph: NetworkGraph;
  readonly weights: TensorTable;
  readonly history: TrainingHistory;
  /** On the scoring images. */
  readonly validation: Accuracy;
}

/**
 * Places of the checkpoint: training, validation, test. The program lives while `use` runs, with a look at the whole test split
 * that only the network takes which is delivered.
 */
export const trainToCompletion = async <T>(
  context: PassContext,
  { task, graph, weights, loaded = false, epochs, stream, at, teach }: TrainingRequest,
  use: (network: CompletedNetwork, test: () => Promise<Accuracy>) => Promise<T>,
): Promise<T> => {
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
    stream,
  });
  const asTheyAre = batchSource({ ...images, subset: retrain, seed: config.seed, stream: `${stream}.calibration` });
  const steps = stepsOf(epochs, batches);
  const { learningRate, warmUpSteps, ...optimizer } = recipe.optimizer;
  const evaluate = (program: Program, subset: typeof scoring, part: string) =>
    evaluateSubset(program, { ...images, subset, checkpoint: checkpoint.part(part), progress });

  return withProgram(context, { graph, parameters: weights, activePaths: 1, batchSize }, async (program) => {
    const { parameters, history } = await trainNetwork({
      program,
      batches,
      steps,
      schedule: cosineSchedule({ learningRate, warmUpSteps, steps }),
      optimizer,
      averageDecay: recipe.ema,
      teach,
      seed: config.seed,
      stream,
      at,
      checkpoint: checkpoint.part('training'),
      progress,
    });
    // Averaged weights have to be there before their statistics are taken.
    await program.writeState({ parameters });
    const recalibrated = async () =>
      withStatistics(parameters, await program.recalibrate([], calibrationBatches(asTheyAre, statisticsImages)));
    const trained = loaded && steps === 0 ? parameters : await recalibrated();
    await program.writeState({ parameters: trained });
    const validation = await evaluate(program, scoring, 'validation');
    return use({ graph, weights: trained, history, validation }, () => evaluate(program, wholeSplit(dataset.test), 'test'));
  });
};
