// MBConv, the mobile inverted bottleneck (Sandler et al., 2018): expand, filter each channel, project linearly.
import { defineMacro, float32 } from '@nasc/ir';
import {
  activationSchema,
  batchNormSchema,
  channelsIn,
  kernelSchema,
  normalise,
  strideSchema,
  widthSchema,
} from './shared/block-attributes.ts';
import type { BatchNormSettings } from './shared/block-attributes.ts';
import { squeezeExcite } from './shared/squeeze-excite.ts';

export interface MbConvAttributes {
  readonly kernel: number;
  /** Channels inside as a multiple of the channels in; 1 leaves the expansion out. */
  readonly expansion: number;
  readonly width: number;
  readonly stride?: number;
  readonly squeezeExcite?: boolean;
  readonly activation?: string;
  readonly batchNorm?: BatchNormSettings;
}

export const mbConv = defineMacro<MbConvAttributes>({
  name: 'mbConv',
  doc: 'Inverted bottleneck: 1x1 convolution to round(channels * expansion), depthwise k x k, 1x1 convolution to width; batch normalisation after each, activation after the first two.',
  attributesSchema: {
    type: 'object',
    properties: {
      kernel: kernelSchema,
      expansion: { type: 'number', exclusiveMinimum: 0, description: 'Channels inside as a multiple of the channels in.' },
      width: widthSchema,
      stride: strideSchema,
      squeezeExcite: { type: 'boolean', default: false, description: 'Whether the filtered channels are gated.' },
      activation: activationSchema,
      batchNorm: batchNormSchema,
    },
    required: ['kernel', 'expansion', 'width'],
    additionalProperties: false,
  },
  label: ({ kernel, expansion, squeezeExcite: squeezed }) => `k${kernel}e${expansion}${squeezed ? 'se' : ''}`,
  expand(builder, [input], { kernel, expansion, width, stride = 1, squeezeExcite: squeezed = false, activation = 'relu6', batchNorm }) {
    let value = input!;
    if (expansion !== 1) {
      // Rounded, not made divisible: the published search code.
      value = builder.op('expand', 'conv2d', [value], { width: Math.round(channelsIn(builder, value) * expansion), kernel: 1 });
      value = normalise(builder, 'expandBn', value, batchNorm);
      value = builder.op('expandAct', activation, [value]);
    }
    value = builder.op('depthwise', 'depthwiseConv2d', [value], { kernel, stride });
    value = normalise(builder, 'depthwiseBn', value, batchNorm);
    value = builder.op('depthwiseAct', activation, [value]);
    if (squeezed) value = squeezeExcite(builder, value);
    value = builder.op('project', 'conv2d', [value], { width, kernel: 1 });
    return normalise(builder, 'projectBn', value, batchNorm);
  },
  examples: [
    { name: 'k5 e6', attributes: { kernel: 5, expansion: 6, width: 8 }, inputs: [float32(6, 6, 4)] },
    { name: 'no expansion, stride 2', attributes: { kernel: 3, expansion: 1, width: 6, stride: 2 }, inputs: [float32(7, 7, 4)] },
    {
      name: 'squeeze-excite, hSwish',
      attributes: { kernel: 3, expansion: 3, width: 4, squeezeExcite: true, activation: 'hSwish' },
      inputs: [float32(5, 5, 4)],
    },
  ],
});
