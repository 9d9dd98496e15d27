// Pooling as a candidate: no parameters, the width stays.
import { defineMacro, float32 } from '@nasc/ir';
import type { MacroDefinition } from '@nasc/ir';
import { kernelSchema, strideSchema, widthSchema } from './shared/block-attributes.ts';
import { requireSameWidth } from './shared/same-width.ts';

export interface PoolMacroAttributes {
  readonly kernel: number;
  readonly stride?: number;
  readonly width?: number;
}

const poolMacro = (op: 'maxPool' | 'avgPool', label: string, doc: string): MacroDefinition =>
  defineMacro<PoolMacroAttributes>({
    name: op,
    doc,
    attributesSchema: {
      type: 'object',
      properties: { kernel: kernelSchema, stride: strideSchema, width: widthSchema },
      required: ['kernel'],
      additionalProperties: false,
    },
    label: ({ kernel }) => `${label}${kernel}`,
    expand(builder, [input], { kernel, stride = 1, width }) {
      requireSameWidth(builder, op, input!, width);
      return builder.op('pool', op, [input!], { kernel, stride });
    },
    examples: [{ name: '3x3 stride 2', attributes: { kernel: 3, stride: 2 }, inputs: [float32(6, 7, 3)] }],
  });

export const maxPoolMacro = poolMacro('maxPool', 'max', 'Largest value of each window, padded by kernel >> 1.');
export const avgPoolMacro = poolMacro('avgPool', 'avg', 'Mean of each window without its padding, padded by kernel >> 1.');
