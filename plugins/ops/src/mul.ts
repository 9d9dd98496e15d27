// Product of two values; a vector scales the channels of an image (squeeze-and-excite).
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, elementCount, float32, inferenceError, printType, sameShape } from '@nasc/ir';
import type { Attributes, TensorType } from '@nasc/ir';
import { onnxLowering, vectorToImage } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { channelsOf, rowsOf } from './shared/shapes.ts';

/** Whether the second input is one row per image. */
const broadcasts = ([x, factor]: readonly TensorType[]) => !sameShape(x!.shape, factor!.shape);

/** Batch, rows of an image, channels, rows of an image's factor. */
const dimsOf = ({ batch, inputs }: BatchedView<Attributes>): readonly number[] => {
  const [x] = inputs;
  return [batch, rowsOf(x!), channelsOf(x!), broadcasts(inputs) ? 1 : rowsOf(x!)];
};
const rows = ({ batch, inputs }: BatchedView<Attributes>) => batch * rowsOf(inputs[0]!);

const source = `
/* Item: one row of channels. y[n, row, c] = x[n, row, c] * factor[n, row or 0, c] */
NASC_KERNEL(mul_forward) {
  NASC_UNUSED(scalars);
  const int64_t channels = dims[2];
  for (int64_t row = first; row < last; row++) {
    const real *restrict x = tensors[0] + row * channels;
    const real *factor = tensors[1] + (dims[3] == 1 ? row / dims[1] : row) * channels;
    real *restrict y = tensors[2] + row * channels;
    for (int64_t c = 0; c < channels; c++) y[c] = x[c] * factor[c];
  }
}

/* Item: one image n. dfactor[n, c] = sum over rows of dy[n, row, c] * x[n, row, c] */
NASC_KERNEL(mul_factorGradient) {
  NASC_UNUSED(scalars);
  const int64_t channels = dims[2];
  for (int64_t n = first; n < last; n++) {
    real *restrict to = tensors[2] + n * channels;
    memset(to, 0, (size_t)channels * sizeof(real));
    for (int64_t row = n * dims[1]; row < (n + 1) * dims[1]; row++) {
      const real *x = tensors[0] + row * channels, *dy = tensors[1] + row * channels;
      for (int64_t c = 0; c < channels; c++) to[c] += dy[c] * x[c];
    }
  }
}
`;

export const mul = defineOp<Attributes>({
  name: 'mul',
  doc: 'x * factor, elementwise; a factor [C] or [1, 1, C] is repeated over all pixels.',
  attributesSchema: { type: 'object', properties: {}, additionalProperties: false },
  arity: 2,
  inferType(_attributes, [x, factor]) {
    const { shape } = factor!;
    const isRow =
      x!.shape.length === 3 && [1, 3].includes(shape.length) && elementCount(shape) === channelsOf(x!) && shape.at(-1) === channelsOf(x!);
    return isRow || sameShape(x!.shape, shape) ? x! : inferenceError(`mul: a factor ${printType(factor!)} does not fit ${printType(x!)}`);
  },
  lower: {
    c: cLowering<Attributes>({
      source,
      inference: (view) => [
        {
          kernel: 'mul_forward',
          tensors: [operand.input(0), operand.input(1), operand.output],
          dims: dimsOf(view),
          items: rows(view),
        },
      ],
      inputGradient: (view, index) => [
        index === 1 && broadcasts(view.inputs)
          ? {
              kernel: 'mul_factorGradient',
              tensors: [operand.input(0), operand.outputGradient, operand.inputGradient(1)],
              dims: dimsOf(view),
              items: view.batch,
            }
          : {
              kernel: 'mul_forward',
              tensors: [operand.outputGradient, operand.input(1 - index), operand.inputGradient(index)],
              dims: dimsOf(view),
              items: rows(view),
            },
      ],
    }),
    onnx: onnxLowering<Attributes>({
      emit: (view, [x, factor], emitter) => {
        const [{ shape }, other] = view.inputs as readonly [TensorType, TensorType];
        return emitter.node('Mul', [x!, shape.length === 1 ? factor! : vectorToImage(emitter, factor!, other.shape)]);
      },
    }),
    tfjs: tfjsLowering<Attributes>(({ tf, inputs: [x, factor] }) => {
      const isRow = factor!.rank === 2 && x!.rank === 4;
      return tf.mul(x!, isRow ? tf.reshape(factor!, [factor!.shape[0]!, 1, 1, factor!.shape[1]!]) : factor!);
    }),
  },
  examples: [
    { name: 'image by image', attributes: {}, inputs: [float32(3, 4, 5), float32(3, 4, 5)] },
    { name: 'image by vector', attributes: {}, inputs: [float32(4, 3, 9), float32(9)] },
    { name: 'image by pixel', attributes: {}, inputs: [float32(2, 5, 6), float32(1, 1, 6)] },
    { name: 'one pixel by vector', attributes: {}, inputs: [float32(1, 1, 4), float32(4)] },
    { name: 'vectors', attributes: {}, inputs: [float32(19), float32(19)] },
  ],
});
