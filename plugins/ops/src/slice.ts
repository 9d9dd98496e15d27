// A range along one axis.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32, inferenceError } from '@nasc/ir';
import { axisFromNchw, axisToNchw, onlyNode, onnxLowering } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { splitAtAxis } from './shared/axes.ts';
import { copyPartSource } from './shared/copy.ts';

export interface SliceAttributes {
  /** Of one example: 0 is the height of an image. */
  readonly axis: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

const geometry = ({ attributes: { axis, start, end }, batch, inputs }: BatchedView<SliceAttributes>) => {
  const [outer, size, inner] = splitAtAxis('slice', inputs[0]!.shape, axis);
  return { rows: batch * outer, count: (end - start) * inner, stride: size * inner, offset: start * inner };
};

const source = `${copyPartSource('slice')}
/* Item: one row of the input's gradient, zero outside the range. Dims as above, with to and from exchanged. */
NASC_KERNEL(slice_inputGradient) {
  NASC_UNUSED(scalars);
  for (int64_t row = first; row < last; row++) {
    real *dx = tensors[1] + row * dims[4];
    memset(dx, 0, (size_t)dims[4] * sizeof(real));
    memcpy(dx + dims[5], tensors[0] + row * dims[2] + dims[3], (size_t)dims[1] * sizeof(real));
  }
}
`;

export const slice = defineOp<SliceAttributes>({
  name: 'slice',
  doc: 'Elements start, ..., end - 1 along an axis.',
  attributesSchema: {
    type: 'object',
    properties: {
      axis: { type: 'integer', minimum: 0, description: 'Axis of one example: 0 is the height of an image.' },
      start: { type: 'integer', minimum: 0 },
      end: { type: 'integer', minimum: 1, description: 'Exclusive.' },
    },
    required: ['axis', 'start', 'end'],
    additionalProperties: false,
  },
  arity: 1,
  inferType({ axis, start, end }, [input]) {
    const [, size] = splitAtAxis('slice', input!.shape, axis);
    if (start >= end || end > size) return inferenceError(`slice: ${start} to ${end} is no range of ${size} elements`);
    return { ...input!, shape: input!.shape.with(axis, end - start) };
  },
  lower: {
    c: cLowering<SliceAttributes>({
      source,
      inference: (view) => {
        const { rows, count, stride, offset } = geometry(view);
        const dims = [view.batch, count, stride, offset, count, 0];
        return [{ kernel: 'slice_copyPart', tensors: [operand.input(), operand.output], dims, items: rows }];
      },
      inputGradient: (view) => {
        const { rows, count, stride, offset } = geometry(view);
        const dims = [view.batch, count, count, 0, stride, offset];
        return [{ kernel: 'slice_inputGradient', tensors: [operand.outputGradient, operand.inputGradient()], dims, items: rows }];
      },
    }),
    onnx: onnxLowering<SliceAttributes>({
      emit: ({ attributes: { axis, start, end }, inputs }, [x], emitter) =>
        emitter.node('Slice', [
          x!,
          emitter.integers('start', [start]),
          emitter.integers('end', [end]),
          emitter.integers('axis', [axisToNchw(axis, inputs[0]!.shape.length)]),
        ]),
      read: (file) => {
        const node = onlyNode(file, 'Slice');
        const [start, end, axis] = [1, 2, 3].map((input) => file.integers(node?.inputs[input])?.[0]);
        if (start === undefined || end === undefined || axis === undefined) return undefined;
        return { attributes: { axis: axisFromNchw(axis, file.output.shape.length), start, end } };
      },
    }),
    tfjs: tfjsLowering<SliceAttributes>(({ tf, attributes: { axis, start }, inputs: [x], shape }) =>
      tf.slice(
        x!,
        shape.map((_, at) => (at === axis + 1 ? start : 0)),
        [...shape],
      ),
    ),
  },
  examples: [
    { name: 'channels', attributes: { axis: 2, start: 2, end: 7 }, inputs: [float32(3, 4, 8)] },
    { name: 'rows', attributes: { axis: 0, start: 1, end: 3 }, inputs: [float32(4, 3, 5)] },
    { name: 'columns, to the end', attributes: { axis: 1, start: 2, end: 5 }, inputs: [float32(2, 5, 3)] },
    { name: 'vector', attributes: { axis: 0, start: 0, end: 6 }, inputs: [float32(11)] },
  ],
});
