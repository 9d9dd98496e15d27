// Batch normalisation and activation alone: what ends a network of pre-activation blocks.
import { defineMacro, float32 } from '@nasc/ir';
import { activationSchema, batchNormSchema, normalise } from './shared/block-attributes.ts';
import type { BatchNormSettings } from './shared/block-attributes.ts';

export interface BnActAttributes {
  readonly activation?: string;
  readonly batchNorm?: BatchNormSettings;
}

export const bnAct = defineMacro<BnActAttributes>({
  name: 'bnAct',
  doc: 'Batch normalisation, activation.',
  attributesSchema: {
    type: 'object',
    properties: { activation: activationSchema, batchNorm: batchNormSchema },
    additionalProperties: false,
  },
  expand: (builder, [input], { activation = 'relu6', batchNorm }) =>
    builder.op('act', activation, [normalise(builder, 'bn', input!, batchNorm)]),
  examples: [{ name: 'image', attributes: { activation: 'relu' }, inputs: [float32(4, 4, 3)] }],
});
