// The ops written with TensorFlow.js, whose kernels and gradients share nothing with ours. An op has an entry in
// one of the two tables here.
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import type { Attributes } from '@nasc/ir';
import type {
  AvgPoolAttributes,
  BatchNormAttributes,
  ConcatAttributes,
  Conv2dAttributes,
  DepthwiseConv2dAttributes,
  MaxPoolAttributes,
  PadAttributes,
  SliceAttributes,
  TransposeAttributes,
} from '@nasc/ops';

/** The op in training mode, for inputs [N, ...] and parameters by name. `shape` is the output's, with the batch. */
export type Judge = (
  inputs: readonly tf.Tensor[],
  parameters: Readonly<Record<string, tf.Tensor>>,
  attributes: Attributes,
  shape: readonly number[],
) => tf.Tensor;

const judge = <A>(
  run: (
    inputs: readonly tf.Tensor[],
    parameters: Readonly<Record<string, tf.Tensor>>,
    attributes: A,
    shape: readonly number[],
  ) => tf.Tensor,
): Judge => run as unknown as Judge;

const paddingOf = ({ kernel, dilation = 1, padding }: { kernel: number; dilation?: number; padding?: number }) =>
  padding ?? dilation * (kernel >> 1);

/** Symmetric padding as TensorFlow.js does not have it. */
const padImage = (x: tf.Tensor, padding: number, value = 0): tf.Tensor4D =>
  tf.pad(
    x as tf.Tensor4D,
    [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ],
    value,
  );

/** Zeros between the taps of [k, k, i, o]: TensorFlow.js has no gradients with dilation. */
const dilate = (weight: tf.Tensor4D, dilation: number): tf.Tensor4D => {
  const [k, , i, o] = weight.shape;
  const spread = tf.pad(tf.reshape(weight, [k, 1, k, 1, i * o]), [
    [0, 0],
    [0, dilation - 1],
    [0, 0],
    [0, dilation - 1],
    [0, 0],
  ]);
  const extent = dilation * (k - 1) + 1;
  return tf.slice(tf.reshape(spread, [k * dilation, k * dilation, i, o]), [0, 0, 0, 0], [extent, extent, i, o]) as tf.Tensor4D;
};

const plusBias = (y: tf.Tensor, bias: tf.Tensor | undefined) => (bias ? tf.add(y, bias) : y);

const hSigmoid = (x: tf.Tensor) => tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6);

export const judges: Readonly<Record<string, Judge>> = {
  conv2d: judge<Conv2dAttributes>(([x], { weight, bias }, attributes) => {
    const { groups = 1, stride = 1, dilation = 1 } = attributes;
    const [image, filter] = [padImage(x!, paddingOf(attributes)), dilate(weight as tf.Tensor4D, dilation)];
    if (groups === 1) return plusBias(tf.conv2d(image, filter, stride, 'valid'), bias);
    const filters = tf.split<tf.Tensor4D>(filter, groups, 3);
    const outputs = tf.split<tf.Tensor4D>(image, groups, 3).map((part, group) => tf.conv2d(part, filters[group]!, stride, 'valid'));
    return plusBias(tf.concat(outputs, 3), bias);
  }),
  depthwiseConv2d: judge<DepthwiseConv2dAttributes>(([x], { weight, bias }, attributes) => {
    const { stride = 1, dilation = 1 } = attributes;
    const filter = dilate(tf.expandDims(weight!, 3) as tf.Tensor4D, dilation);
    return plusBias(tf.depthwiseConv2d(padImage(x!, paddingOf(attributes)), filter, stride, 'valid'), bias);
  }),
  linear: judge(([x], { weight, bias }) => plusBias(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias)),
  batchNorm: judge<BatchNormAttributes>(([x], { scale, shift }, { epsilon = 1e-3 }) => {
    const axes = x!.shape.slice(0, -1).map((_, axis) => axis);
    const { mean, variance } = tf.moments(x!, axes);
    return tf.add(tf.mul(tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, epsilon))), scale!), shift!);
  }),
  relu: judge(([x]) => tf.relu(x!)),
  relu6: judge(([x]) => tf.relu6(x!)),
  hSwish: judge(([x]) => tf.mul(x!, hSigmoid(x!))),
  hSigmoid: judge(([x]) => hSigmoid(x!)),
  sigmoid: judge(([x]) => tf.sigmoid(x!)),
  softmax: judge(([x]) => tf.softmax(x!)),
  add: judge((inputs) => tf.addN([...inputs])),
  mul: judge(([x, factor]) => tf.mul(x!, factor!.rank < x!.rank ? tf.expandDims(tf.expandDims(factor!, 1), 1) : factor!)),
  slice: judge<SliceAttributes>(([x], _parameters, { axis, start }, shape) =>
    tf.slice(
      x!,
      x!.shape.map((_, at) => (at === axis + 1 ? start : 0)),
      [...shape],
    ),
  ),
  pad: judge<PadAttributes>(([x], _parameters, { before, after }) =>
    tf.pad(x!, [[0, 0], ...before.map((zeros, axis): [number, number] => [zeros, after[axis]!])]),
  ),
  reshape: judge(([x], _parameters, _attributes, shape) => tf.reshape(x!, [...shape])),
  transpose: judge<TransposeAttributes>(([x], _parameters, { permutation }) =>
    tf.transpose(x!, [0, ...permutation.map((axis) => axis + 1)]),
  ),
  concat: judge<ConcatAttributes>((inputs, _parameters, { axis }) => tf.concat([...inputs], axis + 1)),
  maxPool: judge<MaxPoolAttributes>(([x], _parameters, attributes) =>
    tf.maxPool(padImage(x!, paddingOf(attributes), -1e30), attributes.kernel, attributes.stride ?? 1, 'valid'),
  ),
  avgPool: judge<AvgPoolAttributes>(([x], _parameters, attributes) => {
    const mean = (image: tf.Tensor) =>
      tf.avgPool(padImage(image, paddingOf(attributes)), attributes.kernel, attributes.stride ?? 1, 'valid');
    return attributes.countIncludePad ? mean(x!) : tf.div(mean(x!), mean(tf.onesLike(x!)));
  }),
  globalAvgPool: judge(([x]) => tf.mean(x!, [1, 2])),
  identity: judge(([x]) => tf.clone(x!)),
  zero: judge(([x], _parameters, _attributes, shape) => tf.add(tf.zeros([...shape]), tf.mul(tf.sum(x!), 0))),
};

/** Ops that have no counterpart to be compared with, and why. */
export const notJudged: Readonly<Record<string, string>> = {
  dropout: 'other random numbers',
  dropPath: 'other random numbers',
};

export interface Judgement {
  readonly output: Float32Array;
  /** Of sum(output * direction), with respect to each of `values`. */
  readonly gradients: readonly Float32Array[];
}

export const useCpuBackend = async (): Promise<void> => {
  tf.enableProdMode(); // no advertisement on the console
  await tf.setBackend('cpu');
  await tf.ready();
};

export interface JudgedValue {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Output and gradients of `f` at `values`, computed by TensorFlow.js. */
export const runJudge = (
  f: (values: readonly tf.Tensor[]) => tf.Tensor,
  values: readonly JudgedValue[],
  direction: Float32Array,
): Judgement =>
  tf.tidy(() => {
    const tensors = values.map(({ shape, data }) => tf.tensor(data, [...shape]));
    const output = f(tensors);
    const project = (...inputs: tf.Tensor[]) => {
      const y = f(inputs);
      return tf.sum(tf.mul(y, tf.tensor(direction, y.shape))) as tf.Scalar;
    };
    const gradients = tf.grads(project)(tensors);
    return { output: output.dataSync<'float32'>(), gradients: gradients.map((gradient) => gradient.dataSync<'float32'>()) };
  });
