// Loss and gradients of one network by the plain kernels, in float64 or float32.
import type { PlainRunner } from '@nasc/c-emit';
import type { TrainingBatch } from '@nasc/core';
import type { Graph, OpNode, Tensor } from '@nasc/ir';

export interface Reference {
  readonly loss: number;
  readonly logits: ArrayLike<number>;
  readonly values: ReadonlyMap<string, ArrayLike<number>>;
  /** dL/d(value) of every value of the graph. */
  readonly valueGradients: ReadonlyMap<string, ArrayLike<number>>;
  readonly gradients: ReadonlyMap<string, ArrayLike<number>>;
  readonly statistics: ReadonlyMap<string, ArrayLike<number>>;
}

/** Mean cross-entropy against the targets, and its gradient by the logits. */
export const crossEntropy = (logits: ArrayLike<number>, targets: ArrayLike<number>, count: number) => {
  const classes = logits.length / count;
  const gradient = new Float64Array(logits.length);
  let loss = 0;
  for (let n = 0; n < count; n++) {
    const row = Array.from({ length: classes }, (_, i) => logits[n * classes + i]!);
    const largest = Math.max(...row);
    const logSum = largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
    row.forEach((x, i) => {
      const target = targets[n * classes + i]!;
      loss += (target * (logSum - x)) / count;
      gradient[n * classes + i] = (Math.exp(x - logSum) - target) / count;
    });
  }
  return { loss, gradient };
};

export const referenceStep = (
  runner: PlainRunner,
  network: Graph<OpNode>,
  parameters: ReadonlyMap<string, Tensor>,
  batch: TrainingBatch,
  randomKey: readonly [number, number] = [0, 0],
): Reference => {
  const values = new Map([...parameters].map(([id, { data }]) => [id, data]));
  const inputs = new Map([[network.inputs[0]!.id, batch.images]]);
  const forward = runner.runForward(network, values, inputs, { batch: batch.count, mode: 'training', randomKey });
  const output = network.outputs[0]!;
  const logits = forward.values.get(output)!;
  const { loss, gradient } = crossEntropy(logits, batch.targets, batch.count);
  const backward = runner.runBackward(forward, new Map([[output, gradient]]));
  return {
    loss,
    logits,
    values: forward.values,
    valueGradients: backward.values,
    gradients: backward.parameters,
    statistics: runner.updateStatistics(forward),
  };
};
