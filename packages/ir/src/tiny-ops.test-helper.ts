// A few small ops and macros for the tests of this package, which know no plugin.
import { defineMacro } from './macro.ts';
import { defineOp, inferenceError } from './op.ts';
import { lookupOf } from './lookup.ts';
import { float32, sameType } from './tensor-type.ts';

const dense = defineOp<{ readonly width: number; readonly bias?: boolean }>({
  name: 'dense',
  doc: 'x W + b',
  attributesSchema: {
    type: 'object',
    properties: {
      width: { type: 'integer', minimum: 1, description: 'Values out.' },
      bias: { type: 'boolean', default: false },
      mode: { enum: ['plain', 'fast'] },
    },
    required: ['width'],
    additionalProperties: false,
  },
  arity: 1,
  inferType: ({ width }, [input]) => (input!.shape.length === 1 ? float32(width) : inferenceError('dense takes a vector')),
  parameters: ({ width, bias = false }, [input]) => [
    { name: 'weight', shape: [input!.shape[0]!, width], trainable: true, init: { kind: 'normal', std: 0.5 }, role: 'weight' },
    ...(bias ? [{ name: 'bias', shape: [width], trainable: true, init: { kind: 'constant', value: 0.25 }, role: 'bias' } as const] : []),
    { name: 'seen', shape: [1], trainable: false, init: { kind: 'uniform', limit: 2 }, role: 'statistic' },
  ],
  macs: ({ width }, [input]) => width * input!.shape[0]!,
  lower: {},
  examples: [],
});

const plain = (name: string, arity: number | { readonly atLeast: number }) =>
  defineOp({
    name,
    doc: name,
    attributesSchema: { type: 'object', properties: {}, additionalProperties: false },
    arity,
    inferType: (_attributes, inputs) =>
      inputs.every((input) => sameType(input, inputs[0]!)) ? inputs[0]! : inferenceError(`${name}: shapes differ`),
    lower: {},
    examples: [],
  });

const bottleneck = defineMacro<{ readonly inside: number; readonly width: number }>({
  name: 'bottleneck',
  doc: 'dense, relu, dense',
  attributesSchema: {
    type: 'object',
    properties: { inside: { type: 'integer', minimum: 1 }, width: { type: 'integer', default: 4 } },
    required: ['inside'],
    additionalProperties: false,
  },
  expand(builder, [input], { inside, width }) {
    const narrow = builder.op('narrow', 'dense', [input!], { width: inside });
    return builder.op('wide', 'dense', [builder.op('act', 'relu', [narrow])], { width, bias: true });
  },
  examples: [],
});

const skip = defineMacro({
  name: 'skip',
  doc: 'nothing',
  attributesSchema: { type: 'object' },
  expand: (builder, [input]) => builder.op('relu', 'relu', [input!]),
  examples: [],
});

export const tiny = {
  ops: lookupOf([dense, plain('relu', 1), plain('add', { atLeast: 2 })]),
  macros: lookupOf([bottleneck, skip]),
};
