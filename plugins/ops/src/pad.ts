// Zeros around a value.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, elementCount, float32, inferenceError } from '@nasc/ir';
import { onlyNode, onnxLowering, padsFromNchw, padsToNchw } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { checkRank, toKernelRank } from './shared/axes.ts';

export interface PadAttributes {
  /** Zeros in front, one number an axis. */
  readonly before: readonly number[];
  /** Zeros behind, one number an axis. */
  readonly after: readonly number[];
}

/** `struct pad_shape`. */
const dimsOf = ({ attributes, batch, inputs, output }: BatchedView<PadAttributes>): readonly number[] => [
  batch,
  ...toKernelRank(inputs[0]!.shape, 1),
  ...toKernelRank(output.shape, 1),
  ...toKernelRank(attributes.before, 0),
];
const rowsIn = (batch: number, shape: readonly number[]) => batch * elementCount(shape.slice(0, -1));

const source = `
struct pad_shape {
  int64_t batch, in[4], out[4], before[4];
};

/* Item: one row of the output, along its last axis. */
NASC_KERNEL(pad_forward) {
  NASC_UNUSED(scalars);
  struct pad_shape s;
  memcpy(&s, dims, sizeof s);
  for (int64_t item = first; item < last; item++) {
    real *y = tensors[1] + item * s.out[3];
    memset(y, 0, (size_t)s.out[3] * sizeof(real));
    const int64_t n = item / (s.out[0] * s.out[1] * s.out[2]);
    const int64_t a = item / (s.out[1] * s.out[2]) % s.out[0] - s.before[0];
    const int64_t b = item / s.out[2] % s.out[1] - s.before[1];
    const int64_t c = item % s.out[2] - s.before[2];
    if (a < 0 || a >= s.in[0] || b < 0 || b >= s.in[1] || c < 0 || c >= s.in[2]) continue;
    const int64_t row = ((n * s.in[0] + a) * s.in[1] + b) * s.in[2] + c;
    memcpy(y + s.before[3], tensors[0] + row * s.in[3], (size_t)s.in[3] * sizeof(real));
  }
}

/* Item: one row of the input, along its last axis. */
NASC_KERNEL(pad_inputGradient) {
  NASC_UNUSED(scalars);
  struct pad_shape s;
  memcpy(&s, dims, sizeof s);
  for (int64_t item = first; item < last; item++) {
    const int64_t n = item / (s.in[0] * s.in[1] * s.in[2]);
    const int64_t a = item / (s.in[1] * s.in[2]) % s.in[0] + s.before[0];
    const int64_t b = item / s.in[2] % s.in[1] + s.before[1];
    const int64_t c = item % s.in[2] + s.before[2];
    const int64_t row = ((n * s.out[0] + a) * s.out[1] + b) * s.out[2] + c;
    memcpy(tensors[1] + item * s.in[3], tensors[0] + row * s.out[3] + s.before[3], (size_t)s.in[3] * sizeof(real));
  }
}
`;

const amounts = { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1, maxItems: 4 } as const;

export const pad = defineOp<PadAttributes>({
  name: 'pad',
  doc: 'x with zeros before and after it along every axis.',
  attributesSchema: {
    type: 'object',
    properties: {
      before: { ...amounts, description: 'Zeros in front, one number an axis.' },
      after: { ...amounts, description: 'Zeros behind, one number an axis.' },
    },
    required: ['before', 'after'],
    additionalProperties: false,
  },
  arity: 1,
  inferType({ before, after }, [input]) {
    const { shape } = input!;
    checkRank('pad', shape);
    if (before.length !== shape.length || after.length !== shape.length) {
      return inferenceError(
        `pad: [${before.join(', ')}] and [${after.join(', ')}] are not one number for each axis of [${shape.join(', ')}]`,
      );
    }
    return { ...input!, shape: shape.map((size, axis) => size + before[axis]! + after[axis]!) };
  },
  lower: {
    c: cLowering<PadAttributes>({
      source,
      inference: (view) => [
        {
          kernel: 'pad_forward',
          tensors: [operand.input(), operand.output],
          dims: dimsOf(view),
          items: rowsIn(view.batch, view.output.shape),
        },
      ],
      inputGradient: (view) => [
        {
          kernel: 'pad_inputGradient',
          tensors: [operand.outputGradient, operand.inputGradient()],
          dims: dimsOf(view),
          items: rowsIn(view.batch, view.inputs[0]!.shape),
        },
      ],
    }),
    onnx: onnxLowering<PadAttributes>({
      emit: ({ attributes: { before, after } }, [x], emitter) =>
        emitter.node('Pad', [x!, emitter.integers('pads', padsToNchw(before, after))]),
      read: (file) => {
        const pads = file.integers(onlyNode(file, 'Pad')?.inputs[1]);
        return pads && { attributes: padsFromNchw(pads) };
      },
    }),
    tfjs: tfjsLowering<PadAttributes>(({ tf, attributes: { before, after }, inputs: [x] }) =>
      tf.pad(x!, [[0, 0], ...before.map((zeros, axis): [number, number] => [zeros, after[axis]!])]),
    ),
  },
  examples: [
    { name: 'channels of a shortcut', attributes: { before: [0, 0, 0], after: [0, 0, 5] }, inputs: [float32(3, 4, 6)] },
    { name: 'all sides', attributes: { before: [1, 2, 1], after: [2, 0, 3] }, inputs: [float32(3, 2, 4)] },
    { name: 'vector', attributes: { before: [3], after: [1] }, inputs: [float32(5)] },
    { name: 'four axes', attributes: { before: [1, 0, 0, 2], after: [0, 1, 0, 0] }, inputs: [float32(2, 3, 2, 3)] },
  ],
});
