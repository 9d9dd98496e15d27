// Cross-entropy against targets, and against a teacher.
import type { TrainingBatch } from '@nasc/core';
import type { Tensor, Tfjs } from '@nasc/tfjs';

export interface BatchScores {
  /** Mean over the batch, nats. */
  readonly loss: number;
  /** Images whose largest logit is at their largest target; of equals the first counts. */
  readonly correct: number;
}

/**
 * Mean of l = -sum over classes of t log softmax(x), a scalar to differentiate; with a teacher of weight w and temperature T of
 * (1 - w) l - w T^2 sum softmax(teacher / T) log softmax(x / T). logits x: [N, classes].
 */
export const crossEntropy = (tf: Tfjs, logits: Tensor, { count, targets, teacher }: TrainingBatch): Tensor => {
  const shape = logits.shape;
  const against = (wanted: Tensor, x: Tensor) => tf.div(tf.sum(tf.mul(wanted, tf.logSoftmax(x))), -count);
  const hard = against(tf.tensor(targets, shape), logits);
  if (!teacher) return hard;
  const { weight, temperature } = teacher;
  const soft = against(tf.softmax(tf.div(tf.tensor(teacher.logits, shape), temperature)), tf.div(logits, temperature));
  return tf.add(tf.mul(hard, 1 - weight), tf.mul(soft, weight * temperature ** 2));
};

/** log softmax(row / temperature), in double. */
const logSoftmax = (row: Float32Array, temperature = 1): Float64Array => {
  const scaled = Float64Array.from(row, (x) => x / temperature);
  const largest = scaled.reduce((a, b) => Math.max(a, b), -Infinity);
  const logSum = largest + Math.log(scaled.reduce((sum, x) => sum + Math.exp(x - largest), 0));
  return scaled.map((x) => x - logSum);
};

/** -sum p log q */
const crossEntropyOf = (p: ArrayLike<number>, logs: Float64Array): number => logs.reduce((sum, log, i) => sum - p[i]! * log, 0);

const firstLargest = (row: Float32Array): number => row.reduce((best, value, index) => (value > row[best]! ? index : best), 0);

/** The same loss in double from logits that were read, and what the network got right. */
export const scoreBatch = (logits: Float32Array, { count, targets, teacher }: TrainingBatch): BatchScores => {
  const classes = logits.length / count;
  let loss = 0;
  let correct = 0;
  for (let n = 0; n < count; n++) {
    const [row, wanted, soft] = [logits, targets, teacher?.logits].map((table) => table?.subarray(n * classes, (n + 1) * classes));
    const hard = crossEntropyOf(wanted!, logSoftmax(row!));
    if (teacher) {
      const { weight, temperature } = teacher;
      const wantedSoft = logSoftmax(soft!, temperature).map(Math.exp);
      loss += (1 - weight) * hard + weight * temperature ** 2 * crossEntropyOf(wantedSoft, logSoftmax(row!, temperature));
    } else loss += hard;
    if (firstLargest(row!) === firstLargest(wanted!)) correct++;
  }
  return { loss: loss / count, correct };
};
