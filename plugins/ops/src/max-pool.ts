// Largest value of every window; the padding takes no part.
import { cLowering, operand } from '@nasc/c-emit';
import { defineOp, elementCount, float32 } from '@nasc/ir';
import { onlyNode, onnxLowering } from '@nasc/onnx';
import { paddedImage, tfjsLowering } from '@nasc/tfjs';
import { onnxPool, poolDims, poolSchema, poolShapeSource, poolType, readPool } from './shared/pool.ts';
import type { PoolAttributes } from './shared/pool.ts';
import { windowOf } from './shared/window.ts';

export type MaxPoolAttributes = PoolAttributes;

/** Of float32. */
const lowest = -(2 - 2 ** -23) * 2 ** 127;

const source = `${poolShapeSource('maxPool')}
/* One row (n, oy) of the output, and (unless null) the tap ky * kernel + kx that each value comes from: the first of equals. */
static inline void maxPool_row(const real *x, real *y, real *taps, const struct maxPool_shape *s, int64_t item) {
  const int64_t n = item / s->heightOut, top = item % s->heightOut * s->stride - s->padding;
  for (int64_t ox = 0; ox < s->widthOut; ox++) {
    real *restrict out = y + (item * s->widthOut + ox) * s->channels;
    real *restrict tap = taps ? taps + (item * s->widthOut + ox) * s->channels : 0;
    for (int64_t c = 0; c < s->channels; c++) out[c] = -INFINITY;
    for (int64_t ky = 0; ky < s->kernel; ky++) {
      const int64_t iy = top + ky;
      if (iy < 0 || iy >= s->heightIn) continue;
      for (int64_t kx = 0; kx < s->kernel; kx++) {
        const int64_t ix = ox * s->stride - s->padding + kx;
        if (ix < 0 || ix >= s->widthIn) continue;
        const real *restrict in = x + ((n * s->heightIn + iy) * s->widthIn + ix) * s->channels;
        const real number = (real)(ky * s->kernel + kx);
        if (tap) {
          for (int64_t c = 0; c < s->channels; c++) tap[c] = in[c] > out[c] ? number : tap[c];
        }
        for (int64_t c = 0; c < s->channels; c++) out[c] = in[c] > out[c] ? in[c] : out[c];
      }
    }
  }
}

/* Item: one row (n, oy) of the output. */
NASC_KERNEL(maxPool_inference) {
  NASC_UNUSED(scalars);
  struct maxPool_shape s;
  memcpy(&s, dims, sizeof s);
  for (int64_t item = first; item < last; item++) maxPool_row(tensors[0], tensors[1], 0, &s, item);
}

/* Item: one row (n, oy) of the output, and where its values come from. */
NASC_KERNEL(maxPool_forward) {
  NASC_UNUSED(scalars);
  struct maxPool_shape s;
  memcpy(&s, dims, sizeof s);
  for (int64_t item = first; item < last; item++) maxPool_row(tensors[0], tensors[1], tensors[2], &s, item);
}

/* Item: one row (n, iy) of the input. dx[n, iy, ix, c] = sum of dy over the windows whose largest value it is. */
NASC_KERNEL(maxPool_inputGradient) {
  NASC_UNUSED(scalars);
  struct maxPool_shape s;
  memcpy(&s, dims, sizeof s);
  for (int64_t item = first; item < last; item++) {
    const int64_t n = item / s.heightIn, iy = item % s.heightIn;
    for (int64_t ix = 0; ix < s.widthIn; ix++) {
      real *restrict to = tensors[2] + (item * s.widthIn + ix) * s.channels;
      memset(to, 0, (size_t)s.channels * sizeof(real));
      for (int64_t ky = 0; ky < s.kernel; ky++) {
        const int64_t y = iy + s.padding - ky;
        if (y < 0 || y % s.stride != 0 || y / s.stride >= s.heightOut) continue;
        for (int64_t kx = 0; kx < s.kernel; kx++) {
          const int64_t x = ix + s.padding - kx;
          if (x < 0 || x % s.stride != 0 || x / s.stride >= s.widthOut) continue;
          const int64_t window = ((n * s.heightOut + y / s.stride) * s.widthOut + x / s.stride) * s.channels;
          const real *restrict dy = tensors[0] + window, *restrict tap = tensors[1] + window;
          const real number = (real)(ky * s.kernel + kx);
          for (int64_t c = 0; c < s.channels; c++) to[c] += tap[c] == number ? dy[c] : 0;
        }
      }
    }
  }
}
`;

export const maxPool = defineOp<MaxPoolAttributes>({
  name: 'maxPool',
  doc: 'y[oy, ox, c] = max over ky, kx of x[oy*stride - padding + ky, ox*stride - padding + kx, c], inside the image.',
  attributesSchema: poolSchema,
  arity: 1,
  inferType: (attributes, [input]) => poolType('maxPool', attributes, input!),
  lower: {
    c: cLowering<MaxPoolAttributes>({
      source,
      saved: (view) => ({ taps: view.batch * elementCount(view.output.shape) }),
      inference: (view) => [
        {
          kernel: 'maxPool_inference',
          tensors: [operand.input(), operand.output],
          dims: poolDims(view),
          items: view.batch * view.output.shape[0]!,
        },
      ],
      forward: (view) => [
        {
          kernel: 'maxPool_forward',
          tensors: [operand.input(), operand.output, operand.saved('taps')],
          dims: poolDims(view),
          items: view.batch * view.output.shape[0]!,
        },
      ],
      inputGradient: (view) => [
        {
          kernel: 'maxPool_inputGradient',
          tensors: [operand.outputGradient, operand.saved('taps'), operand.inputGradient()],
          dims: poolDims(view),
          items: view.batch * view.inputs[0]!.shape[0]!,
        },
      ],
    }),
    onnx: onnxLowering<MaxPoolAttributes>({
      emit: (view, [x], emitter) => emitter.node('MaxPool', [x!], onnxPool(view.attributes)),
      read: (file) => {
        const pool = onlyNode(file, 'MaxPool');
        return pool && { attributes: readPool(pool) };
      },
    }),
    tfjs: tfjsLowering<MaxPoolAttributes>(({ tf, attributes, inputs: [x] }) => {
      const { kernel, stride, padding } = windowOf(attributes);
      // TensorFlow's own padding takes no part; ours must never be the largest.
      const { image, pad } = paddedImage(tf, x!, { kernel, stride, padding }, lowest);
      return tf.maxPool(image, kernel, stride, pad);
    }),
  },
  examples: [
    { name: '3x3', attributes: { kernel: 3 }, inputs: [float32(5, 4, 6)] },
    { name: '3x3 stride 2, odd size', attributes: { kernel: 3, stride: 2 }, inputs: [float32(7, 9, 5)] },
    { name: '2x2 halves', attributes: { kernel: 2, stride: 2, padding: 0 }, inputs: [float32(6, 5, 3)] },
    { name: '5x5 on a small image', attributes: { kernel: 5 }, inputs: [float32(3, 2, 33)] },
  ],
});
