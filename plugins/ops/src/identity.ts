// The shortcut as a candidate, and what simplification removes.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32 } from '@nasc/ir';
import type { Attributes } from '@nasc/ir';
import { onnxLowering } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { copySource } from './shared/copy.ts';
import { channelsOf, rowsOf } from './shared/shapes.ts';

const dimsOf = ({ batch, inputs }: BatchedView<Attributes>): readonly number[] => [batch, channelsOf(inputs[0]!)];
const rows = ({ batch, inputs }: BatchedView<Attributes>) => batch * rowsOf(inputs[0]!);

export const identity = defineOp<Attributes>({
  name: 'identity',
  doc: 'y = x.',
  attributesSchema: { type: 'object', properties: {}, additionalProperties: false },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  lower: {
    c: cLowering<Attributes>({
      source: copySource('identity'),
      inference: (view) => [{ kernel: 'identity_copy', tensors: [operand.input(), operand.output], dims: dimsOf(view), items: rows(view) }],
      inputGradient: (view) => [
        { kernel: 'identity_copy', tensors: [operand.outputGradient, operand.inputGradient()], dims: dimsOf(view), items: rows(view) },
      ],
    }),
    onnx: onnxLowering<Attributes>({ emit: (_view, [x]) => x! }),
    tfjs: tfjsLowering<Attributes>(({ tf, inputs: [x] }) => tf.clone(x!)),
  },
  examples: [
    { name: 'image', attributes: {}, inputs: [float32(3, 4, 5)] },
    { name: 'vector', attributes: {}, inputs: [float32(7)] },
  ],
});
