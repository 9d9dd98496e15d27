// An independent judge: the same small network in tfjs, on its own automatic differentiation (float32, pure JavaScript).
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { singlePath } from '@nasc/core';
import { expect, test } from 'vitest';
import { mobileSpace, randomBatch, randomParameters, worstError } from './graphs.test-helper.ts';
import { compileFor, stepOptions } from './programs.test-helper.ts';

const graph = mobileSpace({
  size: 9,
  channels: 3,
  stem: 6,
  blocks: [
    { width: 6, candidates: [{ kernel: 5, expand: 3 }] },
    { width: 9, stride: 2, candidates: [{ kernel: 3, expand: 2 }] },
  ],
  head: 12,
  classes: 5,
});

type Weights = Readonly<Record<string, tf.Tensor>>;

const padded = (x: tf.Tensor4D, by: number): tf.Tensor4D =>
  tf.pad(x, [
    [0, 0],
    [by, by],
    [by, by],
    [0, 0],
  ]);
const convolution = (x: tf.Tensor4D, w: tf.Tensor, stride = 1): tf.Tensor4D =>
  tf.conv2d(padded(x, w.shape[0]! >> 1), w as tf.Tensor4D, stride, 'valid');
const depthwise = (x: tf.Tensor4D, w: tf.Tensor, stride: number): tf.Tensor4D =>
  tf.depthwiseConv2d(padded(x, w.shape[0]! >> 1), tf.reshape<tf.Rank.R4>(w, [...(w as tf.Tensor3D).shape, 1]), stride, 'valid');
const norm = (x: tf.Tensor4D, weights: Weights, id: string): tf.Tensor4D => {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const normalised = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
  return tf.add(tf.mul(normalised, weights[`${id}.scale`]!), weights[`${id}.shift`]!);
};
const normRelu = (x: tf.Tensor4D, weights: Weights, id: string): tf.Tensor4D => tf.relu6(norm(x, weights, id));

const mbConv = (x: tf.Tensor4D, weights: Weights, id: string, stride: number): tf.Tensor4D => {
  const expanded = normRelu(convolution(x, weights[`${id}.expand.weight`]!), weights, `${id}.expandNorm`);
  const filtered = normRelu(depthwise(expanded, weights[`${id}.depthwise.weight`]!, stride), weights, `${id}.depthwiseNorm`);
  return norm(convolution(filtered, weights[`${id}.project.weight`]!), weights, `${id}.projectNorm`);
};

const lossOf = (images: tf.Tensor4D, targets: tf.Tensor2D, weights: Weights): tf.Scalar => {
  let x = normRelu(convolution(images, weights['stem.weight']!, 2), weights, 'stemNorm');
  x = tf.add(mbConv(x, weights, 'block0.k5e3', 1), x);
  x = mbConv(x, weights, 'block1.k3e2', 2);
  x = normRelu(convolution(x, weights['head.weight']!), weights, 'headNorm');
  const logits = tf.add(
    tf.matMul(tf.mean(x, [1, 2]) as tf.Tensor2D, weights['classifier.weight'] as tf.Tensor2D),
    weights['classifier.bias']!,
  );
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)));
};

test('loss and gradients equal those of tfjs', async () => {
  await tf.setBackend('cpu');
  const parameters = randomParameters(graph, 3);
  const batch = randomBatch(graph, 4, 8);
  const trained = [...parameters].filter(([id]) => !id.includes('.running'));
  const images = tf.tensor4d(batch.images, [4, 9, 9, 3]);
  const targets = tf.tensor2d(batch.targets, [4, 5]);
  const variables = trained.map(([, { shape, data }]) => tf.tensor(data, [...shape]));
  const named = (tensors: readonly tf.Tensor[]) => Object.fromEntries(trained.map(([id], index) => [id, tensors[index]!]));
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => lossOf(images, targets, named(tensors)))(variables);
  const expected = new Map(trained.map(([id], index) => [id, grads[index]!.dataSync()]));

  const program = await compileFor(graph);
  await program.writeState({ parameters });
  const { loss } = await program.forwardBackward(batch, singlePath([0, 0]), { ...stepOptions, batchNorm: 'batch' });
  expect(loss).toBeCloseTo(value.dataSync()[0]!, 5);
  const { error, id } = worstError(await program.readGradients(), expected);
  expect({ id, error: error < 1e-4 ? 0 : error }).toEqual({ id, error: 0 });
  await program.dispose();
});
