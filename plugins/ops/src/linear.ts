// Fully connected layer on a vector. Weight [in, out].
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32 } from '@nasc/ir';
import { onlyNode, onnxLowering } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { biasGradientSource } from './shared/bias-gradient.ts';
import { channelsOf, vectorLength } from './shared/shapes.ts';

export interface LinearAttributes {
  /** Length of the output. */
  readonly width: number;
  readonly bias?: boolean;
}

const biasOf = ({ bias = true }: LinearAttributes) => bias;

/** Batch, inputs, outputs, bias. */
const dimsOf = ({ attributes, batch, inputs }: BatchedView<LinearAttributes>): readonly number[] => [
  batch,
  channelsOf(inputs[0]!),
  attributes.width,
  biasOf(attributes) ? 1 : 0,
];

const source = `
/* Item: one example n. y[n, o] = b[o] + sum over i of x[n, i] * w[i, o] */
NASC_KERNEL(linear_forward) {
  NASC_UNUSED(scalars);
  const int64_t inputs = dims[1], outputs = dims[2];
  const real *x = tensors[0], *weight = tensors[1], *bias = dims[3] ? tensors[3] : 0;
  real *y = tensors[2];
  for (int64_t n = first; n < last; n++) {
    real *restrict out = y + n * outputs;
    for (int64_t o = 0; o < outputs; o++) out[o] = bias ? bias[o] : 0;
    for (int64_t i = 0; i < inputs; i++) {
      const real value = x[n * inputs + i];
      const real *restrict w = weight + i * outputs;
      for (int64_t o = 0; o < outputs; o++) out[o] += value * w[o];
    }
  }
}

/* Item: one output o. [i, o] -> [o, i], so that the input gradient runs along i. */
NASC_KERNEL(linear_transposeWeight) {
  NASC_UNUSED(scalars);
  const int64_t inputs = dims[1], outputs = dims[2];
  for (int64_t o = first; o < last; o++)
    for (int64_t i = 0; i < inputs; i++) tensors[1][o * inputs + i] = tensors[0][i * outputs + o];
}

/* Item: one example n. dx[n, i] = sum over o of dy[n, o] * w[i, o] */
NASC_KERNEL(linear_inputGradient) {
  NASC_UNUSED(scalars);
  const int64_t inputs = dims[1], outputs = dims[2];
  const real *dy = tensors[0], *transposed = tensors[1];
  real *dx = tensors[2];
  for (int64_t n = first; n < last; n++) {
    real *restrict to = dx + n * inputs;
    memset(to, 0, (size_t)inputs * sizeof(real));
    for (int64_t o = 0; o < outputs; o++) {
      const real value = dy[n * outputs + o];
      const real *restrict w = transposed + o * inputs;
      for (int64_t i = 0; i < inputs; i++) to[i] += value * w[i];
    }
  }
}

/* Item: one row i of the weight. dw[i, o] += sum over n of x[n, i] * dy[n, o] */
NASC_KERNEL(linear_weightGradient) {
  NASC_UNUSED(scalars);
  const int64_t batch = dims[0], inputs = dims[1], outputs = dims[2];
  const real *x = tensors[0], *dy = tensors[1];
  real *dw = tensors[2];
  for (int64_t i = first; i < last; i++) {
    real *restrict to = dw + i * outputs;
    for (int64_t n = 0; n < batch; n++) {
      const real value = x[n * inputs + i];
      const real *restrict from = dy + n * outputs;
      for (int64_t o = 0; o < outputs; o++) to[o] += value * from[o];
    }
  }
}
${biasGradientSource('linear')}`;

export const linear = defineOp<LinearAttributes>({
  name: 'linear',
  doc: 'y[o] = b[o] + sum over i of x[i] w[i, o].',
  attributesSchema: {
    type: 'object',
    properties: {
      width: { type: 'integer', minimum: 1, description: 'Length of the output.' },
      bias: { type: 'boolean', default: true },
    },
    required: ['width'],
    additionalProperties: false,
  },
  arity: 1,
  inferType({ width }, [input]) {
    vectorLength('linear', input!);
    return float32(width);
  },
  parameters(attributes, [input]) {
    const { width } = attributes;
    const inputs = channelsOf(input!);
    const init = { kind: 'uniform', limit: 1 / Math.sqrt(inputs) } as const;
    return [
      { name: 'weight', shape: [inputs, width], trainable: true, init, role: 'weight' },
      ...(biasOf(attributes)
        ? [{ name: 'bias', shape: [width], trainable: true, init: { kind: 'constant', value: 0 }, role: 'bias' } as const]
        : []),
    ];
  },
  macs: ({ width }, [input]) => channelsOf(input!) * width,
  lower: {
    c: cLowering<LinearAttributes>({
      source,
      inference: (view) => [
        {
          kernel: 'linear_forward',
          tensors: [
            operand.input(),
            operand.parameter('weight'),
            operand.output,
            ...(biasOf(view.attributes) ? [operand.parameter('bias')] : []),
          ],
          dims: dimsOf(view),
          items: view.batch,
        },
      ],
      scratch: ({ attributes, inputs }) => ({ transposedWeight: channelsOf(inputs[0]!) * attributes.width }),
      inputGradient: (view) => [
        {
          kernel: 'linear_transposeWeight',
          tensors: [operand.parameter('weight'), operand.scratch('transposedWeight')],
          dims: dimsOf(view),
          items: view.attributes.width,
        },
        {
          kernel: 'linear_inputGradient',
          tensors: [operand.outputGradient, operand.scratch('transposedWeight'), operand.inputGradient()],
          dims: dimsOf(view),
          items: view.batch,
        },
      ],
      weightGradient: (view) => {
        const weight = {
          kernel: 'linear_weightGradient',
          tensors: [operand.input(), operand.outputGradient, operand.parameterGradient('weight')],
          dims: dimsOf(view),
          items: channelsOf(view.inputs[0]!),
        };
        const bias = {
          kernel: 'linear_biasGradient',
          tensors: [operand.outputGradient, operand.parameterGradient('bias')],
          dims: [view.batch, view.batch, view.attributes.width],
          items: view.attributes.width,
        };
        return biasOf(view.attributes) ? [weight, bias] : [weight];
      },
    }),
    onnx: onnxLowering<LinearAttributes>({
      emit: (view, [x], emitter) => {
        const weight = emitter.parameter('weight');
        const operands = [x!, emitter.constant('weight', weight.shape, weight.data)];
        if (biasOf(view.attributes)) operands.push(emitter.constant('bias', [view.attributes.width], emitter.parameter('bias').data));
        return emitter.node('Gemm', operands);
      },
      read: (file) => {
        const [, ...constants] = onlyNode(file, 'Gemm')?.inputs ?? [];
        const [weight, bias] = constants.map((name) => file.constant(name));
        if (!weight) return undefined;
        return {
          attributes: { width: weight.shape[1] ?? 0, bias: bias !== undefined },
          parameters: { weight, ...(bias && { bias }) },
        };
      },
    }),
    tfjs: tfjsLowering<LinearAttributes>(({ tf, inputs: [x], parameters: { weight, bias } }) => {
      const y = tf.matMul(x!, weight!);
      return bias ? tf.add(y, bias) : y;
    }),
  },
  examples: [
    { name: 'to 10 classes', attributes: { width: 10 }, inputs: [float32(17)] },
    { name: 'without bias', attributes: { width: 3, bias: false }, inputs: [float32(5)] },
    { name: 'from one value', attributes: { width: 67 }, inputs: [float32(1)] },
    { name: 'to one value', attributes: { width: 1 }, inputs: [float32(33)] },
  ],
});
