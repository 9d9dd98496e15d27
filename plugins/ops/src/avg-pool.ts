// Mean of every window.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32 } from '@nasc/ir';
import { integerOf, onlyNode, onnxLowering } from '@nasc/onnx';
import { padImage, tfjsLowering } from '@nasc/tfjs';
import type { Tensor } from '@nasc/tfjs';
import { onnxPool, poolDims, poolSchema, poolShapeSource, poolType, readPool } from './shared/pool.ts';
import type { PoolAttributes } from './shared/pool.ts';
import { windowOf } from './shared/window.ts';

export interface AvgPoolAttributes extends PoolAttributes {
  /** Whether the padding counts in the mean: kernel^2 elements always, instead of those inside the image. */
  readonly countIncludePad?: boolean;
}

const dimsOf = (view: BatchedView<AvgPoolAttributes>) => [...poolDims(view), view.attributes.countIncludePad ? 1 : 0];

const source = `${poolShapeSource('avgPool')}
/* Elements that window (oy, ox) is the mean of. */
static inline real avgPool_count(const struct avgPool_shape *s, int64_t countIncludePad, int64_t oy, int64_t ox) {
  if (countIncludePad) return (real)(s->kernel * s->kernel);
  const int64_t top = oy * s->stride - s->padding, left = ox * s->stride - s->padding;
  const int64_t height = nasc_min(top + s->kernel, s->heightIn) - nasc_max(top, 0);
  const int64_t width = nasc_min(left + s->kernel, s->widthIn) - nasc_max(left, 0);
  return (real)(height * width);
}

/* Item: one row (n, oy) of the output. */
NASC_KERNEL(avgPool_forward) {
  NASC_UNUSED(scalars);
  struct avgPool_shape s;
  memcpy(&s, dims, sizeof s);
  for (int64_t item = first; item < last; item++) {
    const int64_t n = item / s.heightOut, oy = item % s.heightOut;
    for (int64_t ox = 0; ox < s.widthOut; ox++) {
      real *restrict out = tensors[1] + (item * s.widthOut + ox) * s.channels;
      memset(out, 0, (size_t)s.channels * sizeof(real));
      for (int64_t ky = 0; ky < s.kernel; ky++) {
        const int64_t iy = oy * s.stride - s.padding + ky;
        if (iy < 0 || iy >= s.heightIn) continue;
        for (int64_t kx = 0; kx < s.kernel; kx++) {
          const int64_t ix = ox * s.stride - s.padding + kx;
          if (ix < 0 || ix >= s.widthIn) continue;
          const real *restrict in = tensors[0] + ((n * s.heightIn + iy) * s.widthIn + ix) * s.channels;
          for (int64_t c = 0; c < s.channels; c++) out[c] += in[c];
        }
      }
      const real count = avgPool_count(&s, dims[9], oy, ox);
      for (int64_t c = 0; c < s.channels; c++) out[c] /= count;
    }
  }
}

/* Item: one row (n, iy) of the input. dx[n, iy, ix, c] = sum of dy / count over the windows that it is in. */
NASC_KERNEL(avgPool_inputGradient) {
  NASC_UNUSED(scalars);
  struct avgPool_shape s;
  memcpy(&s, dims, sizeof s);
  for (int64_t item = first; item < last; item++) {
    const int64_t n = item / s.heightIn, iy = item % s.heightIn;
    for (int64_t ix = 0; ix < s.widthIn; ix++) {
      real *restrict to = tensors[1] + (item * s.widthIn + ix) * s.channels;
      memset(to, 0, (size_t)s.channels * sizeof(real));
      for (int64_t ky = 0; ky < s.kernel; ky++) {
        const int64_t y = iy + s.padding - ky;
        if (y < 0 || y % s.stride != 0 || y / s.stride >= s.heightOut) continue;
        for (int64_t kx = 0; kx < s.kernel; kx++) {
          const int64_t x = ix + s.padding - kx;
          if (x < 0 || x % s.stride != 0 || x / s.stride >= s.widthOut) continue;
          const real *restrict dy = tensors[0] + ((n * s.heightOut + y / s.stride) * s.widthOut + x / s.stride) * s.channels;
          const real count = avgPool_count(&s, dims[9], y / s.stride, x / s.stride);
          for (int64_t c = 0; c < s.channels; c++) to[c] += dy[c] / count;
        }
      }
    }
  }
}
`;

export const avgPool = defineOp<AvgPoolAttributes>({
  name: 'avgPool',
  doc: 'y[oy, ox, c] = mean over ky, kx of x[oy*stride - padding + ky, ox*stride - padding + kx, c].',
  attributesSchema: {
    ...poolSchema,
    properties: {
      ...poolSchema.properties,
      countIncludePad: { type: 'boolean', default: false, description: 'Whether the padding counts in the mean.' },
    },
  },
  arity: 1,
  inferType: (attributes, [input]) => poolType('avgPool', attributes, input!),
  lower: {
    c: cLowering<AvgPoolAttributes>({
      source,
      inference: (view) => [
        {
          kernel: 'avgPool_forward',
          tensors: [operand.input(), operand.output],
          dims: dimsOf(view),
          items: view.batch * view.output.shape[0]!,
        },
      ],
      inputGradient: (view) => [
        {
          kernel: 'avgPool_inputGradient',
          tensors: [operand.outputGradient, operand.inputGradient()],
          dims: dimsOf(view),
          items: view.batch * view.inputs[0]!.shape[0]!,
        },
      ],
    }),
    onnx: onnxLowering<AvgPoolAttributes>({
      emit: ({ attributes }, [x], emitter) =>
        emitter.node('AveragePool', [x!], { ...onnxPool(attributes), count_include_pad: attributes.countIncludePad ? 1 : 0 }),
      read: (file) => {
        const pool = onlyNode(file, 'AveragePool');
        return pool && { attributes: { ...readPool(pool), countIncludePad: integerOf(pool, 'count_include_pad') === 1 } };
      },
    }),
    tfjs: tfjsLowering<AvgPoolAttributes>(({ tf, attributes, inputs: [x] }) => {
      const window = windowOf(attributes);
      const mean = (image: Tensor) => tf.avgPool(padImage(tf, image, window.padding), window.kernel, window.stride, 'valid');
      // Divided by the share of each window that lies inside the image.
      return attributes.countIncludePad || window.padding === 0
        ? mean(x!)
        : tf.div(mean(x!), mean(tf.ones([1, x!.shape[1]!, x!.shape[2]!, 1])));
    }),
  },
  examples: [
    { name: '3x3', attributes: { kernel: 3 }, inputs: [float32(5, 4, 6)] },
    { name: '3x3 with padding counted', attributes: { kernel: 3, countIncludePad: true }, inputs: [float32(4, 5, 7)] },
    { name: '3x3 stride 2, odd size', attributes: { kernel: 3, stride: 2 }, inputs: [float32(7, 9, 5)] },
    { name: '2x2 halves', attributes: { kernel: 2, stride: 2, padding: 0 }, inputs: [float32(6, 5, 3)] },
    { name: '5x5 on a small image', attributes: { kernel: 5 }, inputs: [float32(3, 2, 33)] },
  ],
});
