import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { dilateKernel, paddedImage } from './window.ts';

tf.enableProdMode();

const numbers = (shape: number[]) => tf.reshape(tf.range(1, 1 + shape.reduce((a, b) => a * b, 1)), shape);

const windows = [5, 6, 7, 8].flatMap((size) =>
  [1, 2, 3].flatMap((stride) =>
    [
      { kernel: 1, padding: 0 },
      { kernel: 3, padding: 1 },
      { kernel: 3, padding: 0 },
      { kernel: 5, padding: 2 },
      { kernel: 2, padding: 1 },
      { kernel: 5, padding: 1 },
    ].map((window) => ({ size, stride, ...window })),
  ),
);

test.each(windows)('size $size, kernel $kernel, stride $stride, padding $padding: windows lie as with zeros on each side', (window) => {
  const { size, kernel, stride, padding } = window;
  const x = numbers([1, size, size, 1]) as tf.Tensor4D;
  const weight = numbers([kernel, kernel, 1, 1]) as tf.Tensor4D;
  const { image, pad } = paddedImage(tf, x, window);
  const sides: [number, number] = [padding, padding];
  const expected = tf.conv2d(tf.pad(x, [[0, 0], sides, sides, [0, 0]]), weight, stride, 'valid');
  const found = tf.conv2d(image, weight, stride, pad);
  expect(found.shape).toEqual(expected.shape);
  expect(found.dataSync()).toEqual(expected.dataSync());
});

test('nothing is copied where the padding of TensorFlow is symmetric', () => {
  const image = (size: number) => tf.zeros([1, size, size, 1]);
  const [odd, even] = [image(7), image(8)];
  expect(paddedImage(tf, odd, { kernel: 3, stride: 2, padding: 1 })).toEqual({ image: odd, pad: 'same' });
  expect(paddedImage(tf, even, { kernel: 3, stride: 1, padding: 1 })).toEqual({ image: even, pad: 'same' });
  expect(paddedImage(tf, even, { kernel: 3, stride: 2, padding: 1 }).pad).toBe('valid');
});

test.each([1, 2, 3])('a kernel dilated by %i has zeros between its taps', (dilation) => {
  const found = dilateKernel(tf, numbers([3, 3, 2, 1]), dilation);
  const extent = 2 * dilation + 1;
  expect(found.shape).toEqual([extent, extent, 2, 1]);
  const values = found.dataSync();
  for (let y = 0; y < extent; y++)
    for (let x = 0; x < extent; x++) {
      const tap = y % dilation === 0 && x % dilation === 0 ? 2 * ((3 * y) / dilation + x / dilation) + 1 : 0;
      expect(values[2 * (y * extent + x)]).toBe(tap);
    }
});
