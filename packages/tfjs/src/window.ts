// Sliding windows as the ops define them, in terms of what TensorFlow.js can differentiate on every backend: no padding
// other than 'same' and 'valid', no dilation.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tfjs } from './lowering.ts';

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  /** Pixels on each side. */
  readonly padding: number;
}

/** `x` [N, H, W, C] with `padding` pixels of `value` on each side. */
export const padImage = (tf: Tfjs, x: Tensor, padding: number, value = 0): Tensor4D => {
  const sides: [number, number] = [padding, padding];
  return padding === 0 ? (x as Tensor4D) : tf.pad(x as Tensor4D, [[0, 0], sides, sides, [0, 0]], value);
};

/**
 * Whether TensorFlow's 'same' puts the windows where symmetric padding puts them. Along an axis it gives ceil(size / stride)
 * windows and half of what they lack, rounded down, in front; at stride 2 that is the symmetric padding for some sizes only.
 */
const isSame = (size: number, { kernel, stride, padding }: Window): boolean => {
  const count = Math.ceil(size / stride);
  const missing = Math.max(0, (count - 1) * stride + kernel - size);
  return count === Math.floor((size + 2 * padding - kernel) / stride) + 1 && missing >> 1 === padding;
};

export interface PaddedImage {
  readonly image: Tensor4D;
  /** What is left to do for the op that slides the window. */
  readonly pad: 'same' | 'valid';
}

/** `x` [N, H, W, C] ready for a window with `value` on each side, without a copy where TensorFlow's own padding does it. */
export const paddedImage = (tf: Tfjs, x: Tensor, window: Window, value = 0): PaddedImage => {
  const [, height, width] = x.shape;
  if (isSame(height!, window) && isSame(width!, window)) return { image: x as Tensor4D, pad: 'same' };
  return { image: padImage(tf, x, window.padding, value), pad: 'valid' };
};

/** Zeros between the taps of a kernel [k, k, i, o]: it becomes `dilation * (k - 1) + 1` high and wide. */
export const dilateKernel = (tf: Tfjs, weight: Tensor, dilation: number): Tensor4D => {
  if (dilation === 1) return weight as Tensor4D;
  const [k, , i, o] = (weight as Tensor4D).shape;
  const between: [number, number] = [0, dilation - 1];
  const spread = tf.pad(tf.reshape(weight, [k, 1, k, 1, i * o]), [[0, 0], between, [0, 0], between, [0, 0]]);
  const extent = dilation * (k - 1) + 1;
  return tf.slice(tf.reshape(spread, [k * dilation, k * dilation, i, o]), [0, 0, 0, 0], [extent, extent, i, o]) as Tensor4D;
};
