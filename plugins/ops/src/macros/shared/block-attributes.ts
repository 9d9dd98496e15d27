// Attributes that blocks share: normalisation and activation, with their schemas.
import type { GraphBuilder, NodeId } from '@nasc/ir';

export interface BatchNormSettings {
  readonly momentum?: number;
  readonly epsilon?: number;
}

export const batchNormSchema = {
  type: 'object',
  description: 'Settings of every batch normalisation in the block.',
  properties: {
    momentum: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.1,
      description: 'Share of the new statistics in the running ones.',
    },
    epsilon: { type: 'number', exclusiveMinimum: 0, default: 0.001, description: 'Added to the variance.' },
  },
  additionalProperties: false,
  default: {},
} as const;

export const kernelSchema = { type: 'integer', minimum: 1, description: 'Height and width of the window.' } as const;
export const strideSchema = { type: 'integer', minimum: 1, default: 1, description: 'Step of the window.' } as const;
export const widthSchema = { type: 'integer', minimum: 1, description: 'Channels out.' } as const;
export const activationSchema = { type: 'string', minLength: 1, default: 'relu6', description: 'Op used as activation.' } as const;

/** Of a macro with learnable edges: a stage gives its own, `{ name, macro, attributes }` each. */
export const candidatesSchema = {
  type: 'array',
  minItems: 1,
  items: { type: 'object', required: ['name', 'macro', 'attributes'] },
  description: 'Candidates of every learnable edge.',
} as const;

export const channelsIn = (builder: GraphBuilder, input: NodeId): number => builder.typeOf(input).shape.at(-1)!;

/** Batch normalisation with the block's settings. */
export const normalise = (builder: GraphBuilder, name: string, input: NodeId, settings: BatchNormSettings = {}): NodeId =>
  builder.op(name, 'batchNorm', [input], { ...settings });
