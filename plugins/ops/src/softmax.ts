// Probabilities along the last axis.
import { cLowering, operand } from '@nasc/c-emit';
import type { BatchedView } from '@nasc/c-emit';
import { defineOp, float32 } from '@nasc/ir';
import type { Attributes } from '@nasc/ir';
import { axisToNchw, onnxLowering } from '@nasc/onnx';
import { tfjsLowering } from '@nasc/tfjs';
import { channelsOf, rowsOf } from './shared/shapes.ts';

const dimsOf = ({ batch, inputs }: BatchedView<Attributes>): readonly number[] => [batch, channelsOf(inputs[0]!)];
const rows = ({ batch, inputs }: BatchedView<Attributes>) => batch * rowsOf(inputs[0]!);

const source = `
static inline real softmax_exp(real x) { return sizeof(real) == sizeof(float) ? (real)expf((float)x) : (real)exp((double)x); }

/* Item: one row. y[c] = exp(x[c] - max) / sum of these; the largest is subtracted so that nothing overflows. */
NASC_KERNEL(softmax_forward) {
  NASC_UNUSED(scalars);
  const int64_t channels = dims[1];
  for (int64_t row = first; row < last; row++) {
    const real *x = tensors[0] + row * channels;
    real *y = tensors[1] + row * channels;
    real largest = x[0], sum = 0;
    for (int64_t c = 1; c < channels; c++) largest = x[c] > largest ? x[c] : largest;
    for (int64_t c = 0; c < channels; c++) sum += y[c] = softmax_exp(x[c] - largest);
    for (int64_t c = 0; c < channels; c++) y[c] /= sum;
  }
}

/* Item: one row. dx[c] = y[c] * (dy[c] - sum over d of y[d] * dy[d]) */
NASC_KERNEL(softmax_inputGradient) {
  NASC_UNUSED(scalars);
  const int64_t channels = dims[1];
  for (int64_t row = first; row < last; row++) {
    const real *y = tensors[0] + row * channels, *dy = tensors[1] + row * channels;
    real *dx = tensors[2] + row * channels;
    real sum = 0;
    for (int64_t c = 0; c < channels; c++) sum += y[c] * dy[c];
    for (int64_t c = 0; c < channels; c++) dx[c] = y[c] * (dy[c] - sum);
  }
}
`;

export const softmax = defineOp<Attributes>({
  name: 'softmax',
  doc: 'y[c] = exp(x[c]) / sum over d of exp(x[d]), along the last axis.',
  attributesSchema: { type: 'object', properties: {}, additionalProperties: false },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  lower: {
    c: cLowering<Attributes>({
      source,
      inference: (view) => [
        { kernel: 'softmax_forward', tensors: [operand.input(), operand.output], dims: dimsOf(view), items: rows(view) },
      ],
      inputGradient: (view) => [
        {
          kernel: 'softmax_inputGradient',
          tensors: [operand.output, operand.outputGradient, operand.inputGradient()],
          dims: dimsOf(view),
          items: rows(view),
        },
      ],
    }),
    onnx: onnxLowering<Attributes>({
      emit: ({ output: { shape } }, [x], emitter) => emitter.node('Softmax', [x!], { axis: axisToNchw(shape.length - 1, shape.length) }),
    }),
    tfjs: tfjsLowering<Attributes>(({ tf, inputs: [x] }) => tf.softmax(x!)),
  },
  examples: [
    { name: 'vector', attributes: {}, inputs: [float32(10)] },
    { name: 'image', attributes: {}, inputs: [float32(3, 2, 19)] },
  ],
});
