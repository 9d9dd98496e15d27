// Another shape for the same elements, in row-major order of [H, W, C].
import { cLowering, operand } from '@nasc/c-emit';
import { defineOp, elementCount, float32, inferenceError } from '@nasc/ir';
import { onnxLowering, reshapeNhwc } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { copySource } from './shared/copy.ts';

export interface ReshapeAttributes {
  readonly shape: readonly number[];
}

export const reshape = defineOp<ReshapeAttributes>({
  name: 'reshape',
  doc: 'The same elements in row-major order, as a value of another shape.',
  attributesSchema: {
    type: 'object',
    properties: { shape: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: 4 } },
    required: ['shape'],
    additionalProperties: false,
  },
  arity: 1,
  inferType({ shape }, [input]) {
    if (elementCount(shape) !== elementCount(input!.shape)) {
      const [from, to] = [input!.shape, shape].map((sizes) => `[${sizes.join(', ')}] has ${elementCount(sizes)}`);
      return inferenceError(`reshape: ${from} elements, ${to}`);
    }
    return { ...input!, shape };
  },
  lower: {
    c: cLowering<ReshapeAttributes>({
      source: copySource('reshape'),
      inference: (view) => [
        {
          kernel: 'reshape_copy',
          tensors: [operand.input(), operand.output],
          dims: [view.batch, elementCount(view.output.shape)],
          items: view.batch,
        },
      ],
      inputGradient: (view) => [
        {
          kernel: 'reshape_copy',
          tensors: [operand.outputGradient, operand.inputGradient()],
          dims: [view.batch, elementCount(view.output.shape)],
          items: view.batch,
        },
      ],
    }),
    onnx: onnxLowering<ReshapeAttributes>({
      emit: (view, [x], emitter) => reshapeNhwc(emitter, x!, view.inputs[0]!.shape, view.output.shape),
      read: ({ output }) => ({ attributes: { shape: output.shape } }),
    }),
    tfjs: tfjsLowering<ReshapeAttributes>(({ tf, inputs: [x], shape }) => tf.reshape(x!, [...shape])),
  },
  examples: [
    { name: 'flatten', attributes: { shape: [60] }, inputs: [float32(3, 4, 5)] },
    { name: 'vector to pixel', attributes: { shape: [1, 1, 7] }, inputs: [float32(7)] },
    { name: 'channels into groups', attributes: { shape: [2, 3, 2, 4] }, inputs: [float32(2, 3, 8)] },
    { name: 'groups into channels', attributes: { shape: [2, 3, 8] }, inputs: [float32(2, 3, 4, 2)] },
    { name: 'another image', attributes: { shape: [2, 10, 3] }, inputs: [float32(4, 5, 3)] },
  ],
});
