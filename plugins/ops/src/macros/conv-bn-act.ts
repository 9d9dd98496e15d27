// Convolution, batch normalisation, activation: stems and heads.
import { defineMacro, float32 } from '@nasc/ir';
import { activationSchema, batchNormSchema, kernelSchema, normalise, strideSchema, widthSchema } from './shared/block-attributes.ts';
import type { BatchNormSettings } from './shared/block-attributes.ts';

export interface ConvBnActAttributes {
  readonly kernel: number;
  readonly width: number;
  readonly stride?: number;
  readonly groups?: number;
  /** Null for none. */
  readonly activation?: string | null;
  readonly batchNorm?: BatchNormSettings;
}

export const convBnAct = defineMacro<ConvBnActAttributes>({
  name: 'convBnAct',
  doc: 'Convolution without bias, batch normalisation, activation.',
  attributesSchema: {
    type: 'object',
    properties: {
      kernel: kernelSchema,
      width: widthSchema,
      stride: strideSchema,
      groups: { type: 'integer', minimum: 1, default: 1, description: 'Groups of channels that do not mix.' },
      activation: { ...activationSchema, type: ['string', 'null'], description: 'Op used as activation; null for none.' },
      batchNorm: batchNormSchema,
    },
    required: ['kernel', 'width'],
    additionalProperties: false,
  },
  expand(builder, [input], { kernel, width, stride = 1, groups = 1, activation = 'relu6', batchNorm }) {
    const convolved = builder.op('conv', 'conv2d', [input!], { width, kernel, stride, groups });
    const normalised = normalise(builder, 'bn', convolved, batchNorm);
    return activation === null ? normalised : builder.op('act', activation, [normalised]);
  },
  examples: [
    { name: '3x3 stride 2', attributes: { kernel: 3, width: 8, stride: 2 }, inputs: [float32(8, 8, 3)] },
    { name: 'linear, grouped', attributes: { kernel: 1, width: 6, groups: 2, activation: null }, inputs: [float32(4, 4, 4)] },
  ],
});
