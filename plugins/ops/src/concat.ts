// Values one behind the other along an axis.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView, KernelCall } from '@nasc/c-emit';
import { defineOp, float32, inferenceError, printType } from '@nasc/ir';
import { axisFromNchw, axisToNchw, integerOf, onlyNode, onnxLowering } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { splitAtAxis } from './shared/axes.ts';
import { copyPartSource } from './shared/copy.ts';

export interface ConcatAttributes {
  /** Of one example: 2 are the channels of an image. */
  readonly axis: number;
}

/** Where input `index` lies in the rows of the output. */
const partOf = ({ attributes: { axis }, batch, inputs, output }: BatchedView<ConcatAttributes>, index: number) => {
  const [outer, , inner] = splitAtAxis('concat', output.shape, axis);
  const counts = inputs.map(({ shape }) => shape[axis]! * inner);
  const before = counts.slice(0, index).reduce((sum, count) => sum + count, 0);
  return { rows: batch * outer, count: counts[index]!, stride: output.shape[axis]! * inner, offset: before };
};

export const concat = defineOp<ConcatAttributes>({
  name: 'concat',
  doc: 'x0, x1, ... one behind the other along an axis.',
  attributesSchema: {
    type: 'object',
    properties: { axis: { type: 'integer', minimum: 0, description: 'Axis of one example: 2 are the channels of an image.' } },
    required: ['axis'],
    additionalProperties: false,
  },
  arity: { atLeast: 2 },
  inferType({ axis }, inputs) {
    const [first] = inputs;
    const { shape } = first!;
    splitAtAxis('concat', shape, axis);
    const other = inputs.find(
      (input) => input.shape.length !== shape.length || shape.some((size, at) => at !== axis && size !== input.shape[at]),
    );
    if (other) return inferenceError(`concat along axis ${axis}: ${printType(other)} does not fit ${printType(first!)}`);
    return {
      ...first!,
      shape: shape.with(
        axis,
        inputs.reduce((sum, input) => sum + input.shape[axis]!, 0),
      ),
    };
  },
  lower: {
    c: cLowering<ConcatAttributes>({
      source: copyPartSource('concat'),
      inference: (view) =>
        view.inputs.map((_, index): KernelCall => {
          const { rows, count, stride, offset } = partOf(view, index);
          const dims = [view.batch, count, count, 0, stride, offset];
          return { kernel: 'concat_copyPart', tensors: [operand.input(index), operand.output], dims, items: rows };
        }),
      inputGradient: (view, index) => {
        const { rows, count, stride, offset } = partOf(view, index);
        const dims = [view.batch, count, stride, offset, count, 0];
        return [{ kernel: 'concat_copyPart', tensors: [operand.outputGradient, operand.inputGradient(index)], dims, items: rows }];
      },
    }),
    onnx: onnxLowering<ConcatAttributes>({
      emit: ({ attributes, output }, inputs, emitter) =>
        emitter.node('Concat', inputs, { axis: axisToNchw(attributes.axis, output.shape.length) }),
      read: (file) => {
        const node = onlyNode(file, 'Concat');
        return node && { attributes: { axis: axisFromNchw(integerOf(node, 'axis') ?? 0, file.output.shape.length) } };
      },
    }),
    tfjs: tfjsLowering<ConcatAttributes>(({ tf, attributes: { axis }, inputs }) => tf.concat([...inputs], axis + 1)),
  },
  examples: [
    { name: 'channels', attributes: { axis: 2 }, inputs: [float32(3, 2, 4), float32(3, 2, 7), float32(3, 2, 1)] },
    { name: 'rows', attributes: { axis: 0 }, inputs: [float32(2, 3, 4), float32(1, 3, 4)] },
    { name: 'columns', attributes: { axis: 1 }, inputs: [float32(2, 1, 4), float32(2, 3, 4)] },
    { name: 'vectors', attributes: { axis: 0 }, inputs: [float32(5), float32(3)] },
  ],
});
