// Convolution of every channel with its own kernel. Weight [kh, kw, c].
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32 } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import { depthwiseWeight, onlyNode, onnxLowering, weightOfDepthwise } from '@nasc/onnx';
import { dilateKernel, paddedImage, tfjsLowering } from '@nasc/tfjs';
import { biasGradientSource } from './shared/bias-gradient.ts';
import { channelsOf, imageShape } from './shared/shapes.ts';
import { dilationSchema, onnxWindow, readWindow, windowCount, windowOf, windowSchema } from './shared/window.ts';

export interface DepthwiseConv2dAttributes {
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly bias?: boolean;
  readonly padding?: number;
}

/** `struct depthwiseConv2d_shape`. */
const dimsOf = ({ attributes, batch, inputs, output }: BatchedView<DepthwiseConv2dAttributes>): readonly number[] => {
  const { kernel, stride, dilation, padding } = windowOf(attributes);
  const [heightOut, widthOut] = imageShape('depthwiseConv2d', output);
  return [batch, ...inputs[0]!.shape, heightOut, widthOut, kernel, stride, dilation, padding, attributes.bias ? 1 : 0];
};

const hasBias = ({ attributes }: OpView<DepthwiseConv2dAttributes>) => attributes.bias === true;

const source = `
struct depthwiseConv2d_shape {
  int64_t batch, heightIn, widthIn, channels, heightOut, widthOut;
  int64_t kernel, stride, dilation, padding, hasBias;
};

/* Item: one row (n, oy) of the output.
   y[n, oy, ox, c] = b[c] + sum over ky, kx of x[n, oy * stride - padding + ky * dilation, ..., c] * w[ky, kx, c] */
NASC_KERNEL(depthwiseConv2d_forward) {
  NASC_UNUSED(scalars);
  struct depthwiseConv2d_shape s;
  memcpy(&s, dims, sizeof s);
  const real *x = tensors[0], *weight = tensors[1], *bias = s.hasBias ? tensors[3] : 0;
  real *y = tensors[2];
  for (int64_t item = first; item < last; item++) {
    const int64_t n = item / s.heightOut, top = item % s.heightOut * s.stride - s.padding;
    for (int64_t ox = 0; ox < s.widthOut; ox++) {
      real *restrict out = y + (item * s.widthOut + ox) * s.channels;
      for (int64_t c = 0; c < s.channels; c++) out[c] = bias ? bias[c] : 0;
      for (int64_t ky = 0; ky < s.kernel; ky++) {
        const int64_t iy = top + ky * s.dilation;
        if (iy < 0 || iy >= s.heightIn) continue;
        for (int64_t kx = 0; kx < s.kernel; kx++) {
          const int64_t ix = ox * s.stride - s.padding + kx * s.dilation;
          if (ix < 0 || ix >= s.widthIn) continue;
          const real *restrict in = x + ((n * s.heightIn + iy) * s.widthIn + ix) * s.channels;
          const real *restrict w = weight + (ky * s.kernel + kx) * s.channels;
          for (int64_t c = 0; c < s.channels; c++) out[c] += in[c] * w[c];
        }
      }
    }
  }
}

/* Item: one row (n, iy) of the input. dx[n, iy, ix, c] = sum over the windows that (iy, ix) is in of dy[n, oy, ox, c] * w[ky, kx, c] */
NASC_KERNEL(depthwiseConv2d_inputGradient) {
  NASC_UNUSED(scalars);
  struct depthwiseConv2d_shape s;
  memcpy(&s, dims, sizeof s);
  const real *dy = tensors[0], *weight = tensors[1];
  real *dx = tensors[2];
  for (int64_t item = first; item < last; item++) {
    const int64_t n = item / s.heightIn, iy = item % s.heightIn;
    for (int64_t ix = 0; ix < s.widthIn; ix++) {
      real *restrict to = dx + (item * s.widthIn + ix) * s.channels;
      memset(to, 0, (size_t)s.channels * sizeof(real));
      for (int64_t ky = 0; ky < s.kernel; ky++) {
        const int64_t y = iy + s.padding - ky * s.dilation;
        if (y < 0 || y % s.stride != 0 || y / s.stride >= s.heightOut) continue;
        for (int64_t kx = 0; kx < s.kernel; kx++) {
          const int64_t x = ix + s.padding - kx * s.dilation;
          if (x < 0 || x % s.stride != 0 || x / s.stride >= s.widthOut) continue;
          const real *restrict from = dy + ((n * s.heightOut + y / s.stride) * s.widthOut + x / s.stride) * s.channels;
          const real *restrict w = weight + (ky * s.kernel + kx) * s.channels;
          for (int64_t c = 0; c < s.channels; c++) to[c] += from[c] * w[c];
        }
      }
    }
  }
}

/* Item: one tap (ky, kx) of the kernel. dw[ky, kx, c] += sum over n, oy, ox of x[n, iy, ix, c] * dy[n, oy, ox, c],
   summed image by image, 64 channels at a time. */
NASC_KERNEL(depthwiseConv2d_weightGradient) {
  NASC_UNUSED(scalars);
  struct depthwiseConv2d_shape s;
  memcpy(&s, dims, sizeof s);
  const real *x = tensors[0], *dy = tensors[1];
  real *dw = tensors[2];
  for (int64_t item = first; item < last; item++) {
    const int64_t ky = item / s.kernel, kx = item % s.kernel;
    for (int64_t start = 0; start < s.channels; start += 64) {
      const int64_t count = nasc_min(64, s.channels - start);
      for (int64_t n = 0; n < s.batch; n++) {
        real sum[64] = {0};
        for (int64_t oy = 0; oy < s.heightOut; oy++) {
          const int64_t iy = oy * s.stride - s.padding + ky * s.dilation;
          if (iy < 0 || iy >= s.heightIn) continue;
          for (int64_t ox = 0; ox < s.widthOut; ox++) {
            const int64_t ix = ox * s.stride - s.padding + kx * s.dilation;
            if (ix < 0 || ix >= s.widthIn) continue;
            const real *in = x + ((n * s.heightIn + iy) * s.widthIn + ix) * s.channels + start;
            const real *from = dy + ((n * s.heightOut + oy) * s.widthOut + ox) * s.channels + start;
            for (int64_t c = 0; c < count; c++) sum[c] += in[c] * from[c];
          }
        }
        for (int64_t c = 0; c < count; c++) dw[item * s.channels + start + c] += sum[c];
      }
    }
  }
}
${biasGradientSource('depthwiseConv2d')}`;

export const depthwiseConv2d = defineOp<DepthwiseConv2dAttributes>({
  name: 'depthwiseConv2d',
  doc: 'y[oy, ox, c] = b[c] + sum over ky, kx of x[oy*stride - padding + ky*dilation, ox*stride - padding + kx*dilation, c] w[ky, kx, c].',
  attributesSchema: {
    type: 'object',
    properties: { ...windowSchema, dilation: dilationSchema, bias: { type: 'boolean', default: false } },
    required: ['kernel'],
    additionalProperties: false,
  },
  arity: 1,
  inferType(attributes, [input]) {
    const [height, width, channels] = imageShape('depthwiseConv2d', input!);
    const window = windowOf(attributes);
    return float32(windowCount('depthwiseConv2d', height, window), windowCount('depthwiseConv2d', width, window), channels);
  },
  // Published initialisation (he_fout) without division by the groups: the fan out is kernel^2 * channels.
  parameters({ kernel, bias = false }, [input]) {
    const channels = channelsOf(input!);
    const std = Math.sqrt(2 / (kernel * kernel * channels));
    return [
      { name: 'weight', shape: [kernel, kernel, channels], trainable: true, init: { kind: 'normal', std }, role: 'weight' },
      ...(bias ? [{ name: 'bias', shape: [channels], trainable: true, init: { kind: 'constant', value: 0 }, role: 'bias' } as const] : []),
    ];
  },
  macs({ kernel }, _inputs, output) {
    const [height, width, channels] = imageShape('depthwiseConv2d', output);
    return height * width * channels * kernel * kernel;
  },
  lower: {
    c: cLowering<DepthwiseConv2dAttributes>({
      source,
      inference: (view) => [
        {
          kernel: 'depthwiseConv2d_forward',
          tensors: [operand.input(), operand.parameter('weight'), operand.output, ...(hasBias(view) ? [operand.parameter('bias')] : [])],
          dims: dimsOf(view),
          items: view.batch * view.output.shape[0]!,
        },
      ],
      inputGradient: (view) => [
        {
          kernel: 'depthwiseConv2d_inputGradient',
          tensors: [operand.outputGradient, operand.parameter('weight'), operand.inputGradient()],
          dims: dimsOf(view),
          items: view.batch * view.inputs[0]!.shape[0]!,
        },
      ],
      weightGradient: (view) => {
        const [height, width, channels] = imageShape('depthwiseConv2d', view.output);
        const weight = {
          kernel: 'depthwiseConv2d_weightGradient',
          tensors: [operand.input(), operand.outputGradient, operand.parameterGradient('weight')],
          dims: dimsOf(view),
          items: view.attributes.kernel ** 2,
        };
        const bias = {
          kernel: 'depthwiseConv2d_biasGradient',
          tensors: [operand.outputGradient, operand.parameterGradient('bias')],
          dims: [view.batch, view.batch * height * width, channels],
          items: channels,
        };
        return hasBias(view) ? [weight, bias] : [weight];
      },
    }),
    onnx: onnxLowering<DepthwiseConv2dAttributes>({
      emit: (view, [x], emitter) => {
        const channels = channelsOf(view.output);
        const weight = depthwiseWeight(emitter.parameter('weight'));
        const operands = [x!, emitter.constant('weight', weight.shape, weight.data)];
        if (hasBias(view)) operands.push(emitter.constant('bias', [channels], emitter.parameter('bias').data));
        return emitter.node('Conv', operands, { ...onnxWindow(windowOf(view.attributes)), group: channels });
      },
      read: (file) => {
        const conv = onlyNode(file, 'Conv');
        const [weight, bias] = [1, 2].map((input) => file.constant(conv?.inputs[input]));
        if (!conv || !weight || weight.shape[1] !== 1) return undefined;
        return {
          attributes: { ...readWindow(conv), bias: bias !== undefined },
          parameters: { weight: weightOfDepthwise(weight), ...(bias && { bias }) },
        };
      },
    }),
    tfjs: tfjsLowering<DepthwiseConv2dAttributes>(({ tf, attributes, inputs: [x], parameters: { weight, bias } }) => {
      const { kernel, stride, dilation, padding } = windowOf(attributes);
      const { image, pad } = paddedImage(tf, x!, { kernel: dilation * (kernel - 1) + 1, stride, padding });
      const y = tf.depthwiseConv2d(image, dilateKernel(tf, tf.expandDims(weight!, 3), dilation), stride, pad);
      return bias ? tf.add(y, bias) : y;
    }),
  },
  examples: [
    { name: '3x3', attributes: { kernel: 3 }, inputs: [float32(6, 5, 8)] },
    { name: '5x5 stride 2, odd size', attributes: { kernel: 5, stride: 2 }, inputs: [float32(7, 9, 5)] },
    { name: '7x7 stride 2, bias', attributes: { kernel: 7, stride: 2, bias: true }, inputs: [float32(8, 6, 3)] },
    { name: 'many channels', attributes: { kernel: 3 }, inputs: [float32(3, 4, 70)] },
    { name: 'dilated', attributes: { kernel: 3, dilation: 2 }, inputs: [float32(6, 7, 4)] },
    { name: 'no padding', attributes: { kernel: 3, padding: 0, bias: true }, inputs: [float32(5, 6, 2)] },
    { name: 'kernel larger than the image', attributes: { kernel: 7 }, inputs: [float32(3, 2, 4)] },
  ],
});
