// Piecewise linear sigmoid (Howard et al., MobileNetV3, 2019).
import { defineElementwise } from './shared/elementwise.ts';

export const hSigmoid = defineElementwise({
  name: 'hSigmoid',
  doc: 'min(max(x + 3, 0), 6) / 6, elementwise.',
  forward: 'x > -3 ? (x < 3 ? (x + 3) / 6 : 1) : 0',
  gradient: 'x > -3 && x < 3 ? dy / 6 : 0',
  gradientReads: 'x',
  onnx: (x, emitter) => emitter.node('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  tfjs: (tf, x) => tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6),
});
