// Accuracy and cross-entropy of one network over a subset of images.
import type { Accuracy, BatchNormStatistics, Checkpoint, Mixture, Program } from '@nasc/core';
import type { Normalisation, Subset } from '@nasc/data';
import { countTopFive } from '@nasc/core';
import { evaluationBatches, oneHotTargets } from '@nasc/data';

export interface EvaluateSubsetOptions {
  readonly subset: Subset;
  readonly classes: number;
  /** At most what the program was compiled for. */
  readonly batchSize: number;
  readonly normalisation: Normalisation;
  /** Which candidates run; empty for a network without choices. */
  readonly mixture?: Mixture;
  /** Statistics of batch normalisation; the stored ones when absent. */
  readonly statistics?: 'batch' | 'running' | BatchNormStatistics;
  /** Of this evaluation alone. */
  readonly checkpoint: Checkpoint;
  progress?(done: number, total: number, unit: string, message?: string): void;
}

/** What is known after some of the batches. */
interface Tally {
  readonly batches: number;
  readonly correct: number;
  readonly correctTop5: number | undefined;
  readonly count: number;
  readonly lossSum: number;
}

/** Each image once, as it is. `crossEntropy` is the mean, nats. */
export const evaluateSubset = async (program: Program, options: EvaluateSubsetOptions): Promise<Accuracy> => {
  const { subset, classes, mixture = [], statistics = 'running', checkpoint, progress } = options;
  let tally = (await checkpoint.resume<Tally>()) ?? { batches: 0, correct: 0, correctTop5: undefined, count: 0, lossSum: 0 };
  for await (const batch of evaluationBatches(subset, options, tally.batches)) {
    await checkpoint.offer(() => tally);
    const scores = await program.evaluate({ ...batch, targets: oneHotTargets(batch.labels, classes) }, mixture, statistics);
    const topFive = countTopFive(scores.logits, batch.labels, classes);
    tally = {
      batches: tally.batches + 1,
      correct: tally.correct + scores.correct,
      correctTop5: topFive === undefined ? undefined : (tally.correctTop5 ?? 0) + topFive,
      count: tally.count + scores.count,
      lossSum: tally.lossSum + scores.lossSum,
    };
    progress?.(tally.count, subset.indices.length, 'images');
  }
  const { correct, correctTop5, count, lossSum } = tally;
  return { correct, correctTop5, count, crossEntropy: lossSum / Math.max(1, count) };
};
