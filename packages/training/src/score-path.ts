// How good a path of the supernet is under the shared weights. Running statistics of a supernet mix those of all paths and say
// nothing about one, so batch normalisation is recalibrated for each path first.
import type { Accuracy, BatchSource, Program, TrainingBatch } from '@nasc/core';
import { singlePath } from '@nasc/core';
import { evaluateSubset } from './evaluate-subset.ts';
import type { EvaluateSubsetOptions } from './evaluate-subset.ts';

/** Images that statistics are taken over. */
export const calibrationImages = 1024;

/** The first batches of a source, about `calibrationImages` in all: the same for every path that is compared. */
export const calibrationBatches = async (source: BatchSource, images = calibrationImages): Promise<readonly TrainingBatch[]> => {
  const batches: TrainingBatch[] = [];
  const wanted = Math.min(images, source.count);
  for (let step = 0, count = 0; count < wanted; step++) {
    const batch = await source.batch(step);
    batches.push(batch);
    count += batch.count;
  }
  return batches;
};

export interface ScorePathOptions extends Omit<EvaluateSubsetOptions, 'mixture' | 'statistics'> {
  readonly path: readonly number[];
  readonly calibration: readonly TrainingBatch[];
}

/** Leaves the program's weights and running statistics as they are. */
export const scorePath = async (program: Program, { path, calibration, ...rest }: ScorePathOptions): Promise<Accuracy> => {
  const mixture = singlePath(path);
  const statistics = await program.recalibrate(mixture, calibration);
  return evaluateSubset(program, { ...rest, mixture, statistics });
};
