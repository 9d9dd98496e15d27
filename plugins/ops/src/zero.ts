// The candidate that drops its block: nothing comes out, and no gradient goes in.
import { cLowering, operand } from '@nasc/c-emit';
import { defineOp, elementCount, float32 } from '@nasc/ir';
import { onnxLowering, toNchwOrder } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { imageShape } from './shared/shapes.ts';

export interface ZeroAttributes {
  readonly stride?: number;
  /** Channels out. */
  readonly width: number;
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
      width: { type: 'integer', minimum: 1, description: 'Channels out.' },
    },
    required: ['width'],
    additionalProperties: false,
  },
  arity: 1,
  inferType({ stride = 1, width: channels }, [input]) {
    const [height, width] = imageShape('zero', input!);
    return float32(Math.ceil(height / stride), Math.ceil(width / stride), channels);
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
        const rank = 1 + view.output.shape.length;
        const sizes = emitter.node('Shape', [x!], {}, { integers: rank });
        const batch = emitter.node('Gather', [sizes, emitter.integers('batchAxis', [0])], { axis: 0 }, { integers: 1 });
        const image = emitter.integers('imageShape', toNchwOrder(view.output.shape));
        const shape = emitter.node('Concat', [batch, image], { axis: 0 }, { integers: rank });
        return emitter.node('ConstantOfShape', [shape]);
      },
      // The least stride that gives the size.
      read({ inputs: [input], output }) {
        const strides = [0, 1].map((axis) => Math.ceil((input!.shape[axis] ?? 1) / (output.shape[axis] ?? 1)));
        return { attributes: { stride: Math.max(...strides), width: output.shape[2] ?? 0 } };
      },
    }),
    tfjs: tfjsLowering<ZeroAttributes>(({ tf, shape }) => tf.zeros([...shape])),
  },
  examples: [
    { name: 'same shape', attributes: { width: 3 }, inputs: [float32(4, 5, 3)] },
    { name: 'stride 2, odd size, wider', attributes: { stride: 2, width: 7 }, inputs: [float32(5, 6, 3)] },
  ],
});
