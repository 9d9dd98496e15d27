// Convolution over an image, with groups and dilation. Weight [kh, kw, cin / groups, cout].
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32, inferenceError } from '@nasc/ir';
import type { OpView, TensorType } from '@nasc/ir';
import { convolutionWeight, integerOf, onlyNode, onnxLowering, weightOfConvolution } from '@nasc/onnx';
import { dilateKernel, paddedImage, tfjsLowering } from '@nasc/tfjs';
import type { Tensor4D } from '@nasc/tfjs';
import { biasGradientSource } from './shared/bias-gradient.ts';
import { imageShape } from './shared/shapes.ts';
import { dilationSchema, onnxWindow, readWindow, windowCount, windowOf, windowSchema } from './shared/window.ts';

export interface Conv2dAttributes {
  /** Channels out. */
  readonly width: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly padding?: number;
}

const weightShape = ({ kernel, width, groups = 1 }: Conv2dAttributes, [input]: readonly TensorType[]) =>
  [kernel, kernel, imageShape('conv2d', input!)[2] / groups, width] as const;

/** `struct conv2d_shape`. */
const dimsOf = ({ attributes, batch, inputs, output }: BatchedView<Conv2dAttributes>): readonly number[] => {
  const { kernel, stride, dilation, padding } = windowOf(attributes);
  const { groups = 1, bias = false } = attributes;
  return [batch, ...inputs[0]!.shape, ...output.shape, kernel, stride, dilation, padding, groups, bias ? 1 : 0];
};

const hasBias = ({ attributes }: OpView<Conv2dAttributes>) => attributes.bias === true;

const source = `
struct conv2d_shape {
  int64_t batch, heightIn, widthIn, channelsIn, heightOut, widthOut, channelsOut;
  int64_t kernel, stride, dilation, padding, groups, hasBias;
};

/* Item: one row (n, oy) of the output.
   y[n, oy, ox, o] = b[o] + sum over ky, kx, i of x[n, oy * stride - padding + ky * dilation, ..., i] * w[ky, kx, i, o] */
NASC_KERNEL(conv2d_forward) {
  NASC_UNUSED(scalars);
  struct conv2d_shape s;
  memcpy(&s, dims, sizeof s);
  const real *x = tensors[0], *weight = tensors[1], *bias = s.hasBias ? tensors[3] : 0;
  real *y = tensors[2];
  const int64_t depth = s.channelsIn / s.groups, width = s.channelsOut / s.groups; /* of one group */
  for (int64_t item = first; item < last; item++) {
    const int64_t n = item / s.heightOut, top = item % s.heightOut * s.stride - s.padding;
    for (int64_t ox = 0; ox < s.widthOut; ox++) {
      real *out = y + (item * s.widthOut + ox) * s.channelsOut;
      for (int64_t o = 0; o < s.channelsOut; o++) out[o] = bias ? bias[o] : 0;
      for (int64_t ky = 0; ky < s.kernel; ky++) {
        const int64_t iy = top + ky * s.dilation;
        if (iy < 0 || iy >= s.heightIn) continue;
        for (int64_t kx = 0; kx < s.kernel; kx++) {
          const int64_t ix = ox * s.stride - s.padding + kx * s.dilation;
          if (ix < 0 || ix >= s.widthIn) continue;
          const real *in = x + ((n * s.heightIn + iy) * s.widthIn + ix) * s.channelsIn;
          const real *tap = weight + (ky * s.kernel + kx) * depth * s.channelsOut;
          for (int64_t group = 0; group < s.groups; group++) {
            real *restrict to = out + group * width;
            for (int64_t i = 0; i < depth; i++) {
              const real value = in[group * depth + i];
              const real *restrict w = tap + i * s.channelsOut + group * width;
              for (int64_t o = 0; o < width; o++) to[o] += value * w[o];
            }
          }
        }
      }
    }
  }
}

/* Item: one tap (ky, kx) of the kernel. [tap, i, o] -> [tap, o, i], so that the input gradient runs along i. */
NASC_KERNEL(conv2d_transposeWeight) {
  NASC_UNUSED(scalars);
  struct conv2d_shape s;
  memcpy(&s, dims, sizeof s);
  const int64_t depth = s.channelsIn / s.groups, size = depth * s.channelsOut;
  for (int64_t tap = first; tap < last; tap++) {
    const real *from = tensors[0] + tap * size;
    real *to = tensors[1] + tap * size;
    for (int64_t o = 0; o < s.channelsOut; o++)
      for (int64_t i = 0; i < depth; i++) to[o * depth + i] = from[i * s.channelsOut + o];
  }
}

/* Item: one row (n, iy) of the input. dx[n, iy, ix, i] = sum over the windows that (iy, ix) is in of dy[n, oy, ox, o] * w[ky, kx, i, o] */
NASC_KERNEL(conv2d_inputGradient) {
  NASC_UNUSED(scalars);
  struct conv2d_shape s;
  memcpy(&s, dims, sizeof s);
  const real *dy = tensors[0], *transposed = tensors[1];
  real *dx = tensors[2];
  const int64_t depth = s.channelsIn / s.groups, width = s.channelsOut / s.groups;
  for (int64_t item = first; item < last; item++) {
    const int64_t n = item / s.heightIn, iy = item % s.heightIn;
    for (int64_t ix = 0; ix < s.widthIn; ix++) {
      real *start = dx + (item * s.widthIn + ix) * s.channelsIn;
      memset(start, 0, (size_t)s.channelsIn * sizeof(real));
      for (int64_t ky = 0; ky < s.kernel; ky++) {
        const int64_t y = iy + s.padding - ky * s.dilation;
        if (y < 0 || y % s.stride != 0 || y / s.stride >= s.heightOut) continue;
        for (int64_t kx = 0; kx < s.kernel; kx++) {
          const int64_t x = ix + s.padding - kx * s.dilation;
          if (x < 0 || x % s.stride != 0 || x / s.stride >= s.widthOut) continue;
          const real *from = dy + ((n * s.heightOut + y / s.stride) * s.widthOut + x / s.stride) * s.channelsOut;
          const real *tap = transposed + (ky * s.kernel + kx) * s.channelsOut * depth;
          for (int64_t group = 0; group < s.groups; group++) {
            real *restrict to = start + group * depth;
            for (int64_t o = group * width; o < (group + 1) * width; o++) {
              const real value = from[o];
              const real *restrict w = tap + o * depth;
              for (int64_t i = 0; i < depth; i++) to[i] += value * w[i];
            }
          }
        }
      }
    }
  }
}

/* Item: one row (ky, kx, i) of the weight. dw[ky, kx, i, o] += sum over n, oy, ox of x[n, iy, ix, i] * dy[n, oy, ox, o],
   summed image by image, 64 outputs at a time. */
NASC_KERNEL(conv2d_weightGradient) {
  NASC_UNUSED(scalars);
  struct conv2d_shape s;
  memcpy(&s, dims, sizeof s);
  const real *x = tensors[0], *dy = tensors[1];
  real *dw = tensors[2];
  const int64_t depth = s.channelsIn / s.groups, width = s.channelsOut / s.groups;
  for (int64_t item = first; item < last; item++) {
    const int64_t ky = item / depth / s.kernel, kx = item / depth % s.kernel;
    for (int64_t start = 0, count; start < s.channelsOut; start += count) {
      const int64_t group = start / width;
      count = nasc_min(64, (group + 1) * width - start);
      for (int64_t n = 0; n < s.batch; n++) {
        real sum[64] = {0};
        for (int64_t oy = 0; oy < s.heightOut; oy++) {
          const int64_t iy = oy * s.stride - s.padding + ky * s.dilation;
          if (iy < 0 || iy >= s.heightIn) continue;
          for (int64_t ox = 0; ox < s.widthOut; ox++) {
            const int64_t ix = ox * s.stride - s.padding + kx * s.dilation;
            if (ix < 0 || ix >= s.widthIn) continue;
            const real value = x[((n * s.heightIn + iy) * s.widthIn + ix) * s.channelsIn + group * depth + item % depth];
            const real *from = dy + ((n * s.heightOut + oy) * s.widthOut + ox) * s.channelsOut + start;
            for (int64_t o = 0; o < count; o++) sum[o] += value * from[o];
          }
        }
        for (int64_t o = 0; o < count; o++) dw[item * s.channelsOut + start + o] += sum[o];
      }
    }
  }
}
${biasGradientSource('conv2d')}`;

export const conv2d = defineOp<Conv2dAttributes>({
  name: 'conv2d',
  doc: 'y[oy, ox, o] = b[o] + sum over ky, kx, i of x[oy*stride - padding + ky*dilation, ox*stride - padding + kx*dilation, i] w[ky, kx, i, o].',
  attributesSchema: {
    type: 'object',
    properties: {
      width: { type: 'integer', minimum: 1, description: 'Channels out.' },
      ...windowSchema,
      dilation: dilationSchema,
      groups: { type: 'integer', minimum: 1, default: 1 },
      bias: { type: 'boolean', default: false },
    },
    required: ['width', 'kernel'],
    additionalProperties: false,
  },
  arity: 1,
  inferType(attributes, [input]) {
    const [height, width, channels] = imageShape('conv2d', input!);
    const { groups = 1 } = attributes;
    if (channels % groups !== 0 || attributes.width % groups !== 0) {
      return inferenceError(`conv2d: ${groups} groups do not divide ${channels} channels in and ${attributes.width} out`);
    }
    const window = windowOf(attributes);
    return float32(windowCount('conv2d', height, window), windowCount('conv2d', width, window), attributes.width);
  },
  // Published initialisation (he_fout): the fan is that of the whole layer, whatever the groups.
  parameters(attributes, inputs) {
    const { kernel, width, bias = false } = attributes;
    const shape = weightShape(attributes, inputs);
    return [
      { name: 'weight', shape, trainable: true, init: { kind: 'normal', std: Math.sqrt(2 / (kernel * kernel * width)) }, role: 'weight' },
      ...(bias ? [{ name: 'bias', shape: [width], trainable: true, init: { kind: 'constant', value: 0 }, role: 'bias' } as const] : []),
    ];
  },
  macs(attributes, inputs, output) {
    const [kernelHeight, kernelWidth, depth, width] = weightShape(attributes, inputs);
    const [height, outputWidth] = imageShape('conv2d', output);
    return height * outputWidth * kernelHeight * kernelWidth * depth * width;
  },
  lower: {
    c: cLowering<Conv2dAttributes>({
      source,
      inference: (view) => [
        {
          kernel: 'conv2d_forward',
          tensors: [operand.input(), operand.parameter('weight'), operand.output, ...(hasBias(view) ? [operand.parameter('bias')] : [])],
          dims: dimsOf(view),
          items: view.batch * view.output.shape[0]!,
        },
      ],
      scratch: ({ attributes, inputs }) => ({ transposedWeight: weightShape(attributes, inputs).reduce((a, b) => a * b) }),
      inputGradient: (view) => [
        {
          kernel: 'conv2d_transposeWeight',
          tensors: [operand.parameter('weight'), operand.scratch('transposedWeight')],
          dims: dimsOf(view),
          items: view.attributes.kernel ** 2,
        },
        {
          kernel: 'conv2d_inputGradient',
          tensors: [operand.outputGradient, operand.scratch('transposedWeight'), operand.inputGradient()],
          dims: dimsOf(view),
          items: view.batch * view.inputs[0]!.shape[0]!,
        },
      ],
      weightGradient: (view) => {
        const [height, width, channels] = imageShape('conv2d', view.output);
        const [kernelHeight, kernelWidth, depth] = weightShape(view.attributes, view.inputs);
        const weight = {
          kernel: 'conv2d_weightGradient',
          tensors: [operand.input(), operand.outputGradient, operand.parameterGradient('weight')],
          dims: dimsOf(view),
          items: kernelHeight * kernelWidth * depth,
        };
        const bias = {
          kernel: 'conv2d_biasGradient',
          tensors: [operand.outputGradient, operand.parameterGradient('bias')],
          dims: [view.batch, view.batch * height * width, channels],
          items: channels,
        };
        return hasBias(view) ? [weight, bias] : [weight];
      },
    }),
    onnx: onnxLowering<Conv2dAttributes>({
      emit: (view, [x], emitter) => {
        const weight = convolutionWeight(emitter.parameter('weight'));
        const operands = [x!, emitter.constant('weight', weight.shape, weight.data)];
        if (hasBias(view)) operands.push(emitter.constant('bias', [view.attributes.width], emitter.parameter('bias').data));
        return emitter.node('Conv', operands, { ...onnxWindow(windowOf(view.attributes)), group: view.attributes.groups ?? 1 });
      },
      read: (file) => {
        const conv = onlyNode(file, 'Conv');
        const [weight, bias] = [1, 2].map((input) => file.constant(conv?.inputs[input]));
        if (!conv || !weight) return undefined;
        const groups = integerOf(conv, 'group') ?? 1;
        return {
          attributes: { width: weight.shape[0] ?? 0, ...readWindow(conv), groups, bias: bias !== undefined },
          parameters: { weight: weightOfConvolution(weight), ...(bias && { bias }) },
        };
      },
    }),
    tfjs: tfjsLowering<Conv2dAttributes>(({ tf, attributes, inputs: [x], parameters: { weight, bias } }) => {
      const { kernel, stride, dilation, padding } = windowOf(attributes);
      const { groups = 1 } = attributes;
      const { image, pad } = paddedImage(tf, x!, { kernel: dilation * (kernel - 1) + 1, stride, padding });
      const filter = dilateKernel(tf, weight!, dilation);
      const filters = groups === 1 ? [filter] : tf.split<Tensor4D>(filter, groups, 3);
      const parts = groups === 1 ? [image] : tf.split<Tensor4D>(image, groups, 3);
      const outputs = parts.map((part, group) => tf.conv2d(part, filters[group]!, stride, pad));
      const y = groups === 1 ? outputs[0]! : tf.concat(outputs, 3);
      return bias ? tf.add(y, bias) : y;
    }),
  },
  examples: [
    { name: '3x3', attributes: { width: 8, kernel: 3 }, inputs: [float32(6, 6, 3)] },
    { name: '3x3 stride 2, odd size, bias', attributes: { width: 5, kernel: 3, stride: 2, bias: true }, inputs: [float32(7, 9, 3)] },
    { name: '3x3 stride 2, even size', attributes: { width: 16, kernel: 3, stride: 2 }, inputs: [float32(8, 6, 4)] },
    { name: 'pointwise', attributes: { width: 70, kernel: 1 }, inputs: [float32(5, 4, 17)] },
    { name: 'pointwise to one channel', attributes: { width: 1, kernel: 1, bias: true }, inputs: [float32(3, 3, 8)] },
    { name: 'pointwise stride 2', attributes: { width: 6, kernel: 1, stride: 2 }, inputs: [float32(5, 6, 4)] },
    { name: '5x5 in 2 groups', attributes: { width: 6, kernel: 5, groups: 2 }, inputs: [float32(6, 5, 4)] },
    {
      name: '3x3 in 4 groups, stride 2, bias',
      attributes: { width: 8, kernel: 3, stride: 2, groups: 4, bias: true },
      inputs: [float32(7, 7, 4)],
    },
    { name: 'wide groups', attributes: { width: 132, kernel: 1, groups: 2 }, inputs: [float32(3, 2, 6)] },
    { name: 'dilated', attributes: { width: 4, kernel: 3, dilation: 2 }, inputs: [float32(7, 8, 3)] },
    { name: 'no padding', attributes: { width: 4, kernel: 3, padding: 0 }, inputs: [float32(5, 6, 2)] },
    { name: 'even kernel', attributes: { width: 3, kernel: 2, stride: 2, padding: 0 }, inputs: [float32(6, 7, 3)] },
    { name: 'kernel larger than the image', attributes: { width: 3, kernel: 7 }, inputs: [float32(4, 3, 2)] },
  ],
});
