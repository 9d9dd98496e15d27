// x times its piecewise linear sigmoid (Howard et al., MobileNetV3, 2019).
import { defineElementwise } from './shared/elementwise.ts';

export const hSwish = defineElementwise({
  name: 'hSwish',
  doc: 'x * min(max(x + 3, 0), 6) / 6, elementwise.',
  forward: 'x > -3 ? (x < 3 ? x * (x + 3) / 6 : x) : 0',
  gradient: 'x > -3 ? (x < 3 ? dy * (2 * x + 3) / 6 : dy) : 0',
  gradientReads: 'x',
  // The op HardSwish exists from operator set 14 on.
  onnx: (x, emitter, shape) =>
    emitter.opset >= 14
      ? emitter.node('HardSwish', [x])
      : emitter.node('Mul', [x, emitter.node('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }, shape)]),
  tfjs: (tf, x) => tf.mul(x, tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6)),
});
