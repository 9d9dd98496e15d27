// How good a path of the supernet is under the shared weights. Running statistics of a supernet mix those of all paths and say
// nothing about one, so batch normalisation is recalibrated for each path first.
import type { Accuracy, BatchSource, Program, TrainingBatch } from '@nasc/core';
import { singlePath } from '@nasc/core';
import type { Subset } from '@nasc/data';
import { evaluateSubset } from './evaluate-subset.ts';
import type { EvaluateSubsetOptions } from './evaluate-subset.ts';
import { readAhead } from './read-ahead.ts';

/** Images that statistics are taken over. */
export const calibrationImages = 1024;

/** The first batches of a source, about `images` in all: the same for every path that is compared. Few are in memory at a time. */
export async function* calibrationBatches(source: BatchSource, images = calibrationImages): AsyncGenerator<TrainingBatch, void, undefined> {
  const steps = Math.ceil(Math.min(images, source.count) / source.batchSize);
  const batchOf = readAhead(source, steps);
  for (let step = 0; step < steps; step++) yield await batchOf(step);
}

export interface ScorePathOptions extends Omit<EvaluateSubsetOptions, 'mixture' | 'statistics'> {
  readonly path: readonly number[];
  /** Images as they are; the first of them give the statistics. */
  readonly calibration: BatchSource;
}

/** Leaves the program's weights and running statistics as they are. */
export const scorePath = async (program: Program, { path, calibration, ...rest }: ScorePathOptions): Promise<Accuracy> => {
  const mixture = singlePath(path);
  const statistics = await program.recalibrate(mixture, calibrationBatches(calibration));
  return evaluateSubset(program, { ...rest, mixture, statistics });
};

/** What `scorePath` takes, as images forward and backward: forward passes of the calibration's images and of the subset's. */
export const scoreCost = ({ indices }: Subset, calibration: Pick<BatchSource, 'count'>): number =>
  (Math.min(calibrationImages, calibration.count) + indices.length) / 3;
