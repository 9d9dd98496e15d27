// Dropout of whole branches, image by image (stochastic depth, Huang et al., 2016).
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView, Operand } from '@nasc/c-emit';
import { defineOp, elementCount, float32 } from '@nasc/ir';
import { onnxLowering } from '@nasc/onnx';
import { keptMask, tfjsLowering } from '@nasc/tfjs';
import { copySource } from './shared/copy.ts';
import { philoxSource } from './shared/philox.ts';

export interface DropPathAttributes {
  /** Probability that an image's value becomes 0. */
  readonly rate: number;
}

const source = `${philoxSource('dropPath')}
/* Item: one image n. y = x / (1 - rate), or 0 when the first word of counter (0, n, salt, 0) is below rate * 2^32. */
NASC_KERNEL(dropPath_apply) {
  const int64_t elements = dims[1];
  const uint32_t *key = (const uint32_t *)(const void *)tensors[2];
  const uint32_t threshold = (uint32_t)(scalars[0] * 4294967296.0);
  const real scale = (real)(1 / (1 - scalars[0]));
  for (int64_t n = first; n < last; n++) {
    const uint32_t counter[4] = {0, (uint32_t)n, (uint32_t)dims[2], 0};
    uint32_t words[4];
    dropPath_philox(counter, key, words);
    const real *restrict x = tensors[0] + n * elements;
    real *restrict y = tensors[1] + n * elements;
    const int dropped = words[0] < threshold;
    for (int64_t i = 0; i < elements; i++) y[i] = dropped ? 0 : x[i] * scale;
  }
}
${copySource('dropPath')}`;

const apply = ({ batch, salt, attributes, output }: BatchedView<DropPathAttributes>, from: Operand, to: Operand) => [
  {
    kernel: 'dropPath_apply',
    tensors: [from, to, operand.randomKey],
    dims: [batch, elementCount(output.shape), salt],
    scalars: [attributes.rate],
    items: batch,
  },
];

export const dropPath = defineOp<DropPathAttributes>({
  name: 'dropPath',
  doc: "In training an image's whole value is 0 with probability rate, else x / (1 - rate); at inference x.",
  attributesSchema: {
    type: 'object',
    properties: { rate: { type: 'number', minimum: 0, exclusiveMaximum: 1, description: "Probability that an image's value becomes 0." } },
    required: ['rate'],
    additionalProperties: false,
  },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  drops: 'images',
  lower: {
    c: cLowering<DropPathAttributes>({
      source,
      inference: (view) => [
        {
          kernel: 'dropPath_copy',
          tensors: [operand.input(), operand.output],
          dims: [view.batch, elementCount(view.output.shape)],
          items: view.batch,
        },
      ],
      forward: (view) => apply(view, operand.input(), operand.output),
      inputGradient: (view) => apply(view, operand.outputGradient, operand.inputGradient()),
    }),
    onnx: onnxLowering<DropPathAttributes>({ emit: (_view, [x]) => x! }),
    tfjs: tfjsLowering<DropPathAttributes>(({ tf, attributes: { rate }, inputs: [x], shape, random }) => {
      if (!random) return tf.clone(x!);
      const mask = tf.tensor(keptMask(shape[0]!, 1, rate, random), [shape[0]!, ...shape.slice(1).map(() => 1)]);
      return tf.mul(x!, mask);
    }),
  },
  examples: [
    { name: 'image', attributes: { rate: 0.5 }, inputs: [float32(3, 2, 5)] },
    { name: 'vector', attributes: { rate: 0.1 }, inputs: [float32(13)] },
  ],
});
