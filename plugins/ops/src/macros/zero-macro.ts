// The candidate that drops its block: beside a shortcut, one layer less.
import { defineMacro, float32 } from '@nasc/ir';
import { channelsIn, strideSchema, widthSchema } from './shared/block-attributes.ts';

export interface ZeroMacroAttributes {
  readonly stride?: number;
  readonly width?: number;
}

export const zeroMacro = defineMacro<ZeroMacroAttributes>({
  name: 'zero',
  doc: 'y = 0, with the shape of a block of that stride and width.',
  attributesSchema: { type: 'object', properties: { stride: strideSchema, width: widthSchema }, additionalProperties: false },
  label: () => 'zero',
  expand: (builder, [input], { stride = 1, width = channelsIn(builder, input!) }) =>
    builder.op('zero', 'zero', [input!], { stride, width }),
  examples: [
    { name: 'same shape', attributes: {}, inputs: [float32(4, 4, 3)] },
    { name: 'stride 2, wider', attributes: { stride: 2, width: 6 }, inputs: [float32(5, 4, 3)] },
  ],
});
