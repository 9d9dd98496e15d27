import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { differentiate } from './differentiate.ts';

tf.enableProdMode();

test('gradients of what leads to the value, undefined for the rest, and no tensor is left', () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const [x, w, unused] = [tf.tensor([1, 2]), tf.tensor([3, 5]), tf.tensor([7])];
    const { value, gradients } = differentiate(tf, () => tf.sum(tf.mul(x, w)), [x, w, unused]);
    expect(value.dataSync()[0]).toBe(13);
    expect(gradients.map((gradient) => gradient && [...gradient.dataSync()])).toEqual([[3, 5], [1, 2], undefined]);
  });
  expect(tf.memory().numTensors).toBe(before);
});

test('along a direction, and where nothing at all leads to the value', () => {
  tf.tidy(() => {
    const x = tf.tensor([1, 2]);
    const { gradients } = differentiate(tf, () => tf.square(x), [x], tf.tensor([10, 1]));
    expect([...gradients[0]!.dataSync()]).toEqual([20, 4]);
    expect(differentiate(tf, () => tf.scalar(4), [x]).gradients).toEqual([undefined]);
    expect(differentiate(tf, () => tf.scalar(4), []).value.dataSync()[0]).toBe(4);
  });
});
