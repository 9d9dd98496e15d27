// Sum of two or more values of one shape: shortcuts, merges of branches.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32, inferenceError, printType, sameType } from '@nasc/ir';
import type { Attributes } from '@nasc/ir';
import { onnxLowering, toNchwOrder } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { copySource } from './shared/copy.ts';
import { channelsOf, rowsOf } from './shared/shapes.ts';

/** Batch, channels, number of inputs. */
const dimsOf = ({ batch, inputs }: BatchedView<Attributes>): readonly number[] => [batch, channelsOf(inputs[0]!), inputs.length];
const rows = ({ batch, inputs }: BatchedView<Attributes>) => batch * rowsOf(inputs[0]!);

const source = `
/* Item: one row of channels. y = x0 + x1 + ..., in this order; the inputs come before the output. */
NASC_KERNEL(add_forward) {
  NASC_UNUSED(scalars);
  const int64_t inputs = dims[2];
  real *restrict y = tensors[inputs];
  const real *a = tensors[0], *b = tensors[1];
  for (int64_t at = first * dims[1]; at < last * dims[1]; at++) y[at] = a[at] + b[at];
  for (int64_t input = 2; input < inputs; input++) {
    const real *restrict more = tensors[input];
    for (int64_t at = first * dims[1]; at < last * dims[1]; at++) y[at] += more[at];
  }
}
${copySource('add')}`;

export const add = defineOp<Attributes>({
  name: 'add',
  doc: 'x0 + x1 + ..., elementwise, for two or more inputs of one shape.',
  attributesSchema: { type: 'object', properties: {}, additionalProperties: false },
  arity: { atLeast: 2 },
  inferType(_attributes, inputs) {
    const [first] = inputs;
    const other = inputs.find((input) => !sameType(input, first!));
    return other ? inferenceError(`add takes values of one shape, not ${printType(first!)} and ${printType(other)}`) : first!;
  },
  lower: {
    c: cLowering<Attributes>({
      source,
      inference: (view) => [
        {
          kernel: 'add_forward',
          tensors: [...view.inputs.map((_, index) => operand.input(index)), operand.output],
          dims: dimsOf(view),
          items: rows(view),
        },
      ],
      inputGradient: (view, index) => [
        { kernel: 'add_copy', tensors: [operand.outputGradient, operand.inputGradient(index)], dims: dimsOf(view), items: rows(view) },
      ],
    }),
    onnx: onnxLowering<Attributes>({
      emit: ({ output }, inputs, emitter) =>
        inputs.reduce((sum, input) => emitter.node('Add', [sum, input], {}, toNchwOrder(output.shape))),
    }),
    tfjs: tfjsLowering<Attributes>(({ tf, inputs }) => tf.addN([...inputs])),
  },
  examples: [
    { name: 'two images', attributes: {}, inputs: [float32(4, 3, 5), float32(4, 3, 5)] },
    { name: 'three vectors', attributes: {}, inputs: [float32(17), float32(17), float32(17)] },
    { name: 'five images', attributes: {}, inputs: Array.from({ length: 5 }, () => float32(2, 2, 9)) },
  ],
});
