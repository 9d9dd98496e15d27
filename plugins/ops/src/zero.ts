// The candidate that drops its block: nothing comes out, and no gradient goes in.
import { cLowering, operand } from '@nasc/c-emit';
import { defineOp, elementCount, float32 } from '@nasc/ir';
import { onnxLowering, toNchwOrder } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { imageShape } from './shared/shapes.ts';

export interface ZeroAttributes {
  readonly stride?: number;
  /** Channels out; those of the input when absent. */
  readonly width?: number;
}

const source = `
/* Item: one image, dims[1] elements. */
NASC_KERNEL(zero_forward) {
  NASC_UNUSED(scalars);
  memset(tensors[0] + first * dims[1], 0, (size_t)((last - first) * dims[1]) * sizeof(real));
}
`;

export const zero = defineOp<ZeroAttributes>({
  name: 'zero',
  doc: 'y = 0, with the shape of a convolution of that stride and width.',
  attributesSchema: {
    type: 'object',
    properties: {
      stride: { type: 'integer', minimum: 1, default: 1 },
      width: { type: 'integer', minimum: 1, description: "Channels out; the input's when absent." },
    },
    additionalProperties: false,
  },
  arity: 1,
  inferType({ stride = 1, width: channelsOut }, [input]) {
    const [height, width, channels] = imageShape('zero', input!);
    return float32(Math.ceil(height / stride), Math.ceil(width / stride), channelsOut ?? channels);
  },
  lower: {
    c: cLowering<ZeroAttributes>({
      source,
      inference: (view) => [
        { kernel: 'zero_forward', tensors: [operand.output], dims: [view.batch, elementCount(view.output.shape)], items: view.batch },
      ],
    }),
    onnx: onnxLowering<ZeroAttributes>({
      // The batch is known only at run time: [N] from the input's shape, then zeros of [N, C, H, W].
      emit(view, [x], emitter) {
        const batch = emitter.node('Gather', [emitter.node('Shape', [x!]), emitter.integers('batchAxis', [0])], { axis: 0 });
        const shape = emitter.node('Concat', [batch, emitter.integers('imageShape', toNchwOrder(view.output.shape))], { axis: 0 });
        return emitter.node('ConstantOfShape', [shape]);
      },
    }),
    tfjs: tfjsLowering<ZeroAttributes>(({ tf, shape }) => tf.zeros([...shape])),
  },
  examples: [
    { name: 'same shape', attributes: {}, inputs: [float32(4, 5, 3)] },
    { name: 'stride 2, odd size, wider', attributes: { stride: 2, width: 7 }, inputs: [float32(5, 6, 3)] },
  ],
});
