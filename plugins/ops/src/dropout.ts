// Dropout of elements (Srivastava et al., 2014); the kept ones are scaled up in training, so inference does nothing.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView, Operand } from '@nasc/c-emit';
import { defineOp, elementCount, float32 } from '@nasc/ir';
import { onnxLowering } from '@nasc/onnx';
import { keptMask, tfjsLowering } from '@nasc/tfjs';
import { copySource } from './shared/copy.ts';
import { philoxSource } from './shared/philox.ts';

export interface DropoutAttributes {
  /** Probability that an element becomes 0. */
  readonly rate: number;
}

const source = `${philoxSource('dropout')}
/* Item: one image n. y = x / (1 - rate), or 0 where the element's word is below rate * 2^32. Element i has word i % 4 of
   counter (i / 4, n, salt, 0); the gradient draws the same words again. */
NASC_KERNEL(dropout_apply) {
  const int64_t elements = dims[1];
  const uint32_t *key = (const uint32_t *)(const void *)tensors[2];
  const uint32_t threshold = (uint32_t)(scalars[0] * 4294967296.0);
  const real scale = (real)(1 / (1 - scalars[0]));
  for (int64_t n = first; n < last; n++) {
    const real *x = tensors[0] + n * elements;
    real *y = tensors[1] + n * elements;
    for (int64_t start = 0; start < elements; start += 4) {
      const uint32_t counter[4] = {(uint32_t)(start / 4), (uint32_t)n, (uint32_t)dims[2], 0};
      uint32_t words[4];
      dropout_philox(counter, key, words);
      for (int64_t i = start; i < nasc_min(start + 4, elements); i++) y[i] = words[i - start] < threshold ? 0 : x[i] * scale;
    }
  }
}
${copySource('dropout')}`;

const apply = ({ batch, salt, attributes, output }: BatchedView<DropoutAttributes>, from: Operand, to: Operand) => [
  {
    kernel: 'dropout_apply',
    tensors: [from, to, operand.randomKey],
    dims: [batch, elementCount(output.shape), salt],
    scalars: [attributes.rate],
    items: batch,
  },
];

export const dropout = defineOp<DropoutAttributes>({
  name: 'dropout',
  doc: 'In training each element is 0 with probability rate, else x / (1 - rate); at inference x.',
  attributesSchema: {
    type: 'object',
    properties: { rate: { type: 'number', minimum: 0, exclusiveMaximum: 1, description: 'Probability that an element becomes 0.' } },
    required: ['rate'],
    additionalProperties: false,
  },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  drops: 'elements',
  lower: {
    c: cLowering<DropoutAttributes>({
      source,
      inference: (view) => [
        {
          kernel: 'dropout_copy',
          tensors: [operand.input(), operand.output],
          dims: [view.batch, elementCount(view.output.shape)],
          items: view.batch,
        },
      ],
      forward: (view) => apply(view, operand.input(), operand.output),
      inputGradient: (view) => apply(view, operand.outputGradient, operand.inputGradient()),
    }),
    onnx: onnxLowering<DropoutAttributes>({ emit: (_view, [x]) => x! }),
    tfjs: tfjsLowering<DropoutAttributes>(({ tf, attributes: { rate }, inputs: [x], shape, random }) =>
      random ? tf.mul(x!, tf.tensor(keptMask(shape[0]!, elementCount(shape.slice(1)), rate, random), [...shape])) : tf.clone(x!),
    ),
  },
  examples: [
    { name: 'vector', attributes: { rate: 0.2 }, inputs: [float32(39)] },
    { name: 'image', attributes: { rate: 0.5 }, inputs: [float32(3, 4, 5)] },
    { name: 'nothing dropped', attributes: { rate: 0 }, inputs: [float32(6)] },
  ],
});
