// Depthwise-separable convolution in the pre-activation order of the paper's CIFAR-10 space.
import { defineMacro, float32 } from '@nasc/ir';
import { batchNormSchema, kernelSchema, normalise, strideSchema, widthSchema } from './shared/block-attributes.ts';
import type { BatchNormSettings } from './shared/block-attributes.ts';

export interface SeparableConvAttributes {
  readonly kernel: number;
  readonly width: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly batchNorm?: BatchNormSettings;
}

export const separableConv = defineMacro<SeparableConvAttributes>({
  name: 'separableConv',
  doc: 'Batch normalisation, ReLU, depthwise k x k convolution, 1x1 convolution.',
  attributesSchema: {
    type: 'object',
    properties: {
      kernel: kernelSchema,
      width: widthSchema,
      stride: strideSchema,
      dilation: { type: 'integer', minimum: 1, default: 1, description: 'Distance of the taps.' },
      batchNorm: batchNormSchema,
    },
    required: ['kernel', 'width'],
    additionalProperties: false,
  },
  label: ({ kernel, dilation = 1 }) => `sep${kernel}${dilation > 1 ? `d${dilation}` : ''}`,
  expand(builder, [input], { kernel, width, stride = 1, dilation = 1, batchNorm }) {
    const normalised = normalise(builder, 'bn', input!, batchNorm);
    const active = builder.op('act', 'relu', [normalised]);
    const filtered = builder.op('depthwise', 'depthwiseConv2d', [active], { kernel, stride, dilation });
    return builder.op('pointwise', 'conv2d', [filtered], { width, kernel: 1 });
  },
  examples: [
    { name: '5x5', attributes: { kernel: 5, width: 4 }, inputs: [float32(6, 6, 4)] },
    { name: 'dilated 3x3, stride 2', attributes: { kernel: 3, width: 6, stride: 2, dilation: 2 }, inputs: [float32(7, 6, 4)] },
  ],
});
