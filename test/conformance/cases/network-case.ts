// A network with values for everything: what each way of computing it gets.
import type { TrainingBatch } from '@nasc/core';
import { elementCount, initialiseParameters, parametersOf, typesOf } from '@nasc/ir';
import type { NetworkGraph, TensorTable } from '@nasc/ir';
import { Random } from '@nasc/random';
import { opLookup } from '../registered-ops.ts';

export interface NetworkCase {
  readonly name: string;
  /** One image in, one vector of class scores out. */
  readonly graph: NetworkGraph;
  readonly parameters: TensorTable;
  readonly batch: TrainingBatch;
}

/** Of dropout: engines and plain kernels drop the same elements. */
export const randomKey = [7, 11] as const;

/** Scales, shifts, biases and running statistics are moved away from where they start, so that each one matters. */
const randomParameters = (graph: NetworkGraph, seed: number): TensorTable => {
  const random = new Random({ seed, stream: 'conformance.parameters' });
  const roles = new Map(parametersOf(graph, opLookup).map(({ id, spec }) => [id, spec.role]));
  return new Map(
    [...initialiseParameters(graph, opLookup, seed)].map(([id, { shape, data }]) => {
      const role = roles.get(id)!;
      if (role === 'weight') return [id, { shape, data }];
      const spread = role === 'bias' ? () => 0.2 * random.normal() : () => 0.3 * random.uniform();
      return [id, { shape, data: data.map((value) => value + spread()) }];
    }),
  );
};

export interface CaseOptions {
  readonly seed: number;
  /** Images in the batch. */
  readonly images: number;
  /** Of the images: networks with the same one, and the same kind of image, see the same. `seed` when absent. */
  readonly imageSeed?: number;
}

export const networkCase = (name: string, graph: NetworkGraph, { seed, images, imageSeed = seed }: CaseOptions): NetworkCase => {
  const random = new Random({ seed, stream: 'conformance.targets' });
  const randomImage = new Random({ seed: imageSeed, stream: 'conformance.images' });
  const classes = elementCount(typesOf(graph).get(graph.outputs[0]!)!.shape);
  const targets = new Float32Array(images * classes);
  for (let image = 0; image < images; image++) targets[image * classes + random.integer(classes)] = 1;
  const pixels = images * elementCount(graph.inputs[0]!.type.shape);
  return {
    name,
    graph,
    parameters: randomParameters(graph, seed),
    batch: { count: images, images: Float32Array.from({ length: pixels }, () => randomImage.normal()), targets },
  };
};

/** Mean cross-entropy over the images, and its gradient by the logits. */
export const crossEntropy = (
  logits: ArrayLike<number>,
  { count, targets }: TrainingBatch,
): { readonly loss: number; readonly gradient: Float64Array } => {
  const classes = targets.length / count;
  const gradient = new Float64Array(logits.length);
  let loss = 0;
  for (let start = 0; start < logits.length; start += classes) {
    const row = Float64Array.from({ length: classes }, (_, at) => logits[start + at]!);
    const largest = Math.max(...row);
    const logSum = largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
    row.forEach((value, at) => {
      loss += (targets[start + at]! * (logSum - value)) / count;
      gradient[start + at] = (Math.exp(value - logSum) - targets[start + at]!) / count;
    });
  }
  return { loss, gradient };
};
