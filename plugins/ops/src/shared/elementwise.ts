// Ops that map every element by itself: two C expressions, ONNX and TensorFlow.js make one.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32 } from '@nasc/ir';
import type { Attributes, OpDefinition } from '@nasc/ir';
import { onnxLowering, toNchwOrder } from '@nasc/onnx';
import type { OnnxEmitter } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import type { Tensor, Tfjs } from '@nasc/tfjs';
import { channelsOf, rowsOf } from './shapes.ts';

export interface ElementwiseOp {
  readonly name: string;
  readonly doc: string;
  /** C expression of `x`. */
  readonly forward: string;
  /** C expression of `dy` and of what `gradientReads` names: `x`, the input, or `y`, the output. */
  readonly gradient: string;
  readonly gradientReads: 'x' | 'y';
  /** C functions that the expressions call, named after the op. */
  readonly helpers?: string;
  /** `shape` is that of input and output in ONNX's order, without the batch. */
  readonly onnx: (x: string, emitter: OnnxEmitter, shape: readonly number[]) => string;
  readonly tfjs: (tf: Tfjs, x: Tensor) => Tensor;
}

const dimsOf = ({ batch, inputs }: BatchedView<Attributes>): readonly number[] => [batch, channelsOf(inputs[0]!)];
const rows = ({ batch, inputs }: BatchedView<Attributes>) => batch * rowsOf(inputs[0]!);

const sourceOf = ({ name, forward, gradient, gradientReads, helpers = '' }: ElementwiseOp): string => `${helpers}
/* Item: one row of channels. y = ${forward} */
NASC_KERNEL(${name}_forward) {
  NASC_UNUSED(scalars);
  const real *restrict input = tensors[0];
  real *restrict output = tensors[1];
  for (int64_t at = first * dims[1]; at < last * dims[1]; at++) {
    const real x = input[at];
    output[at] = ${forward};
  }
}

/* Item: one row of channels. dx = ${gradient} */
NASC_KERNEL(${name}_inputGradient) {
  NASC_UNUSED(scalars);
  const real *restrict value = tensors[0], *restrict outputGradient = tensors[1];
  real *restrict inputGradient = tensors[2];
  for (int64_t at = first * dims[1]; at < last * dims[1]; at++) {
    const real ${gradientReads} = value[at], dy = outputGradient[at];
    inputGradient[at] = ${gradient};
  }
}
`;

export const defineElementwise = (definition: ElementwiseOp): OpDefinition =>
  defineOp<Attributes>({
    name: definition.name,
    doc: definition.doc,
    attributesSchema: { type: 'object', properties: {}, additionalProperties: false },
    arity: 1,
    inferType: (_attributes, [input]) => input!,
    lower: {
      c: cLowering<Attributes>({
        source: sourceOf(definition),
        inference: (view) => [
          { kernel: `${definition.name}_forward`, tensors: [operand.input(), operand.output], dims: dimsOf(view), items: rows(view) },
        ],
        inputGradient: (view) => [
          {
            kernel: `${definition.name}_inputGradient`,
            tensors: [definition.gradientReads === 'x' ? operand.input() : operand.output, operand.outputGradient, operand.inputGradient()],
            dims: dimsOf(view),
            items: rows(view),
          },
        ],
      }),
      onnx: onnxLowering<Attributes>({ emit: ({ output }, [x], emitter) => definition.onnx(x!, emitter, toNchwOrder(output.shape)) }),
      tfjs: tfjsLowering<Attributes>(({ tf, inputs: [x] }) => definition.tfjs(tf, x!)),
    },
    examples: [
      { name: 'image', attributes: {}, inputs: [float32(5, 3, 7)] },
      { name: 'vector', attributes: {}, inputs: [float32(33)] },
    ],
  });
