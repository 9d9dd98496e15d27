// A block made of existing ops and of the new one: a space may name it among its candidates.
import { defineMacro, float32 } from 'nasc/plugin';

interface SwishBlockAttributes {
  readonly kernel: number;
  readonly width: number;
  readonly stride?: number;
  readonly initialBeta?: number;
}

export const swishBlock = defineMacro<SwishBlockAttributes>({
  name: 'swishBlock',
  doc: 'Convolution, batch normalisation, learned swish.',
  attributesSchema: {
    type: 'object',
    properties: {
      kernel: { type: 'integer', minimum: 1, description: 'Height and width of the window.' },
      width: { type: 'integer', minimum: 1, description: 'Channels out.' },
      stride: { type: 'integer', minimum: 1, default: 1 },
      initialBeta: { type: 'number', default: 1 },
    },
    required: ['kernel', 'width'],
    additionalProperties: false,
  },
  label: ({ kernel }) => `swish${kernel}`,
  expand(builder, [input], { kernel, width, stride = 1, initialBeta = 1 }) {
    const convolved = builder.macro('filter', 'convBnAct', [input!], { kernel, width, stride, activation: null });
    return builder.op('act', 'learnedSwish', [convolved], { initialBeta });
  },
  examples: [{ name: '3x3 stride 2', attributes: { kernel: 3, width: 8, stride: 2 }, inputs: [float32(8, 8, 4)] }],
});
