// The axes in another order (channel shuffle, together with reshape).
import { cLowering, operand } from '@nasc/c-emit';
import type { KernelCall, Operand } from '@nasc/c-emit';
import { defineOp, elementCount, float32, inferenceError } from '@nasc/ir';
import { integersOf, onlyNode, onnxLowering, permutationFromNchw, permutationToNchw } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { checkRank, kernelRank, toKernelRank } from './shared/axes.ts';

export interface TransposeAttributes {
  /** Axis i of the output is axis `permutation[i]` of the input. */
  readonly permutation: readonly number[];
}

const source = `
struct transpose_shape {
  int64_t batch, size[4], stride[4]; /* of the output's axes; stride: in the input */
};

/* Item: the last two axes of the output. y[a, b, c, d] = x[a * stride[0] + b * stride[1] + c * stride[2] + d * stride[3]] */
NASC_KERNEL(transpose_forward) {
  NASC_UNUSED(scalars);
  struct transpose_shape s;
  memcpy(&s, dims, sizeof s);
  const int64_t planes = s.size[0] * s.size[1], floats = s.size[2] * s.size[3];
  for (int64_t item = first; item < last; item++) {
    const int64_t a = item / s.size[1] % s.size[0], b = item % s.size[1];
    const real *x = tensors[0] + item / planes * planes * floats + a * s.stride[0] + b * s.stride[1];
    real *y = tensors[1] + item * floats;
    for (int64_t c = 0; c < s.size[2]; c++, x += s.stride[2], y += s.size[3]) {
      if (s.stride[3] == 1) memcpy(y, x, (size_t)s.size[3] * sizeof(real));
      else for (int64_t d = 0; d < s.size[3]; d++) y[d] = x[d * s.stride[3]];
    }
  }
}
`;

/** The call that writes `shape` permuted. */
const transposeCall = (
  batch: number,
  shape: readonly number[],
  permutation: readonly number[],
  tensors: readonly [Operand, Operand],
): KernelCall => {
  const missing = kernelRank - shape.length;
  const sizes = toKernelRank(shape, 1);
  const axes = [...Array.from({ length: missing }, (_, axis) => axis), ...permutation.map((axis) => axis + missing)];
  return {
    kernel: 'transpose_forward',
    tensors,
    dims: [batch, ...axes.map((axis) => sizes[axis]!), ...axes.map((axis) => elementCount(sizes.slice(axis + 1)))],
    items: (batch * elementCount(shape)) / (sizes[axes.at(-1)!]! * sizes[axes.at(-2)!]!),
  };
};

export const transpose = defineOp<TransposeAttributes>({
  name: 'transpose',
  doc: 'Axis i of the output is axis permutation[i] of the input.',
  attributesSchema: {
    type: 'object',
    properties: { permutation: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1, maxItems: 4, uniqueItems: true } },
    required: ['permutation'],
    additionalProperties: false,
  },
  arity: 1,
  inferType({ permutation }, [input]) {
    const { shape } = input!;
    checkRank('transpose', shape);
    const fits = permutation.length === shape.length && permutation.toSorted().every((axis, index) => axis === index);
    if (!fits) return inferenceError(`transpose: [${permutation.join(', ')}] is no permutation of the axes of [${shape.join(', ')}]`);
    return { ...input!, shape: permutation.map((axis) => shape[axis]!) };
  },
  lower: {
    c: cLowering<TransposeAttributes>({
      source,
      inference: ({ batch, inputs, attributes }) => [
        transposeCall(batch, inputs[0]!.shape, attributes.permutation, [operand.input(), operand.output]),
      ],
      inputGradient: ({ batch, output, attributes: { permutation } }) => {
        const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
        return [transposeCall(batch, output.shape, inverse, [operand.outputGradient, operand.inputGradient()])];
      },
    }),
    onnx: onnxLowering<TransposeAttributes>({
      emit: ({ attributes }, [x], emitter) => emitter.node('Transpose', [x!], { perm: permutationToNchw(attributes.permutation) }),
      read: (file) => {
        const node = onlyNode(file, 'Transpose');
        return node && { attributes: { permutation: permutationFromNchw(integersOf(node, 'perm')) } };
      },
    }),
    tfjs: tfjsLowering<TransposeAttributes>(({ tf, attributes: { permutation }, inputs: [x] }) =>
      tf.transpose(x!, [0, ...permutation.map((axis) => axis + 1)]),
    ),
  },
  examples: [
    { name: 'image', attributes: { permutation: [2, 0, 1] }, inputs: [float32(3, 4, 5)] },
    { name: 'height and width', attributes: { permutation: [1, 0, 2] }, inputs: [float32(3, 2, 6)] },
    { name: 'groups and channels', attributes: { permutation: [0, 1, 3, 2] }, inputs: [float32(2, 3, 2, 5)] },
    { name: 'all four axes', attributes: { permutation: [3, 0, 2, 1] }, inputs: [float32(2, 3, 4, 5)] },
  ],
});
