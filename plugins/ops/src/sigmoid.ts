// Logistic function.
import { defineElementwise } from './shared/elementwise.ts';

export const sigmoid = defineElementwise({
  name: 'sigmoid',
  doc: '1 / (1 + exp(-x)), elementwise.',
  helpers: `
static inline real sigmoid_exp(real x) { return sizeof(real) == sizeof(float) ? (real)expf((float)x) : (real)exp((double)x); }
`,
  forward: '1 / (1 + sigmoid_exp(-x))',
  gradient: 'dy * y * (1 - y)',
  gradientReads: 'y',
  onnx: (x, emitter) => emitter.node('Sigmoid', [x]),
  tfjs: (tf, x) => tf.sigmoid(x),
});
