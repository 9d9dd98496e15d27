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
 * Mean of -sum over classes of t log softmax(logits), a scalar to differentiate. With a teacher of weight w, t is the target
 * plus w softmax(teacher): the same as adding w times the cross-entropy against the teacher. logits: [N, classes].
 */
export const crossEntropy = (tf: Tfjs, logits: Tensor, { count, targets, teacher }: TrainingBatch): Tensor => {
  const shape = logits.shape;
  const hard = tf.tensor(targets, shape);
  const wanted = teacher ? tf.add(hard, tf.mul(tf.softmax(tf.tensor(teacher.logits, shape)), teacher.weight)) : hard;
  return tf.div(tf.sum(tf.mul(wanted, tf.logSoftmax(logits))), -count);
};

/** log softmax(row), in double. */
const logSoftmax = (row: Float32Array): Float64Array => {
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const logSum = largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
  return Float64Array.from(row, (x) => x - logSum);
};

const firstLargest = (row: Float32Array): number => row.reduce((best, value, index) => (value > row[best]! ? index : best), 0);

/** The same loss in double from logits that were read, and what the network got right. */
export const scoreBatch = (logits: Float32Array, { count, targets, teacher }: TrainingBatch): BatchScores => {
  const classes = logits.length / count;
  let loss = 0;
  let correct = 0;
  for (let n = 0; n < count; n++) {
    const [row, wanted, soft] = [logits, targets, teacher?.logits].map((table) => table?.subarray(n * classes, (n + 1) * classes));
    const logs = logSoftmax(row!);
    const softLogs = soft && logSoftmax(soft);
    logs.forEach((log, i) => {
      loss -= (wanted![i]! + (softLogs ? teacher!.weight * Math.exp(softLogs[i]!) : 0)) * log;
    });
    if (firstLargest(row!) === firstLargest(wanted!)) correct++;
  }
  return { loss: loss / count, correct };
};
