// Accuracy and cross-entropy of one network over a subset of images.
import type { Accuracy, BatchNormStatistics, Mixture, Program } from '@nasc/core';
import type { Normalisation, Subset } from '@nasc/data';
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
  readonly signal: AbortSignal;
  progress?(done: number, total: number, unit: string, message?: string): void;
}

/** Each image once, as it is. `crossEntropy` is the mean, nats. */
export const evaluateSubset = async (program: Program, options: EvaluateSubsetOptions): Promise<Accuracy> => {
  const { subset, classes, mixture = [], statistics = 'running', signal, progress } = options;
  let correct = 0;
  let count = 0;
  let lossSum = 0;
  for await (const batch of evaluationBatches(subset, options)) {
    signal.throwIfAborted();
    const scores = await program.evaluate({ ...batch, targets: oneHotTargets(batch.labels, classes) }, mixture, statistics);
    correct += scores.correct;
    lossSum += scores.lossSum;
    count += scores.count;
    progress?.(count, subset.indices.length, 'image');
  }
  return { correct, count, crossEntropy: lossSum / Math.max(1, count) };
};
