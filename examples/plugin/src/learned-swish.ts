// An op of one's own: swish with a learned slope for each channel (Ramachandran, Zoph and Le, 2017).
import { cLowering, channelsOf, defineOp, float32, onnxLowering, operand, rowsOf, tfjsLowering, toNchwOrder } from 'nasc/plugin';
import type { BatchedView } from 'nasc/plugin';

interface LearnedSwishAttributes {
  /** What beta is before training; 1 is the ordinary swish. */
  readonly initialBeta?: number;
}

const source = `
static inline real learnedSwish_sigmoid(real z) { return (real)(1 / (1 + exp(-(double)z))); }

/* Item: one row of channels. y = x * sigmoid(beta * x) */
NASC_KERNEL(learnedSwish_forward) {
  NASC_UNUSED(scalars);
  const real *x = tensors[0], *beta = tensors[1];
  real *y = tensors[2];
  for (int64_t row = first; row < last; row++)
    for (int64_t c = 0; c < dims[1]; c++) {
      const real in = x[row * dims[1] + c];
      y[row * dims[1] + c] = in * learnedSwish_sigmoid(beta[c] * in);
    }
}

/* Item: one row of channels. With s = sigmoid(beta x): dx = dy * (s + beta x s (1 - s)) */
NASC_KERNEL(learnedSwish_inputGradient) {
  NASC_UNUSED(scalars);
  const real *x = tensors[0], *beta = tensors[1], *dy = tensors[2];
  real *dx = tensors[3];
  for (int64_t row = first; row < last; row++)
    for (int64_t c = 0; c < dims[1]; c++) {
      const int64_t at = row * dims[1] + c;
      const real z = beta[c] * x[at], s = learnedSwish_sigmoid(z);
      dx[at] = dy[at] * (s + z * s * (1 - s));
    }
}

/* Item: one channel. dbeta += sum over rows of dy x^2 s (1 - s) */
NASC_KERNEL(learnedSwish_weightGradient) {
  NASC_UNUSED(scalars);
  const real *x = tensors[0], *beta = tensors[1], *dy = tensors[2];
  for (int64_t c = first; c < last; c++) {
    double sum = 0;
    for (int64_t row = 0; row < dims[2]; row++) {
      const int64_t at = row * dims[1] + c;
      const real s = learnedSwish_sigmoid(beta[c] * x[at]);
      sum += (double)(dy[at] * x[at] * x[at] * s * (1 - s));
    }
    tensors[3][c] += (real)sum;
  }
}
`;

const x = operand.input();
const beta = operand.parameter('beta');
const sizes = ({ batch, output }: BatchedView<LearnedSwishAttributes>) => {
  const rows = batch * rowsOf(output);
  return { rows, dims: [batch, channelsOf(output), rows] };
};

export const learnedSwish = defineOp<LearnedSwishAttributes>({
  name: 'learnedSwish',
  doc: 'x * sigmoid(beta * x), beta learned for each channel.',
  attributesSchema: {
    type: 'object',
    properties: { initialBeta: { type: 'number', default: 1, description: 'Beta before training.' } },
    additionalProperties: false,
  },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  parameters: ({ initialBeta = 1 }, [input]) => [
    { name: 'beta', shape: [channelsOf(input!)], trainable: true, init: { kind: 'constant', value: initialBeta }, role: 'scale' },
  ],
  lower: {
    c: cLowering<LearnedSwishAttributes>({
      source,
      inference: (view) => {
        const { rows, dims } = sizes(view);
        return [{ kernel: 'learnedSwish_forward', tensors: [x, beta, operand.output], dims, items: rows }];
      },
      inputGradient: (view) => {
        const { rows, dims } = sizes(view);
        const tensors = [x, beta, operand.outputGradient, operand.inputGradient()];
        return [{ kernel: 'learnedSwish_inputGradient', tensors, dims, items: rows }];
      },
      weightGradient: (view) => {
        const tensors = [x, beta, operand.outputGradient, operand.parameterGradient('beta')];
        return [{ kernel: 'learnedSwish_weightGradient', tensors, dims: sizes(view).dims, items: channelsOf(view.output) }];
      },
    }),
    onnx: onnxLowering<LearnedSwishAttributes>({
      // Images are NCHW in ONNX: beta is [C, 1, 1] beside them.
      emit: ({ output }, [input], emitter) => {
        const shape = toNchwOrder(output.shape);
        const { data } = emitter.parameter('beta');
        const slope = emitter.constant('beta', [data.length, ...shape.slice(1).map(() => 1)], data);
        const scaled = emitter.node('Mul', [input!, slope], {}, shape);
        return emitter.node('Mul', [input!, emitter.node('Sigmoid', [scaled], {}, shape)]);
      },
      // What beta was before training is not in a file.
      read: ({ nodes: [first], constant }) => {
        const beta = constant(first?.inputs[1]);
        return beta && { attributes: {}, parameters: { beta: { shape: [beta.data.length], data: beta.data } } };
      },
    }),
    tfjs: tfjsLowering<LearnedSwishAttributes>(({ tf, inputs: [input], parameters }) =>
      tf.mul(input!, tf.sigmoid(tf.mul(input!, parameters['beta']!))),
    ),
  },
  examples: [
    { name: 'image', attributes: {}, inputs: [float32(5, 3, 7)] },
    { name: 'vector, flat at first', attributes: { initialBeta: 0 }, inputs: [float32(33)] },
  ],
});
