// Rectified linear unit with a ceiling.
import { defineElementwise } from './shared/elementwise.ts';
import { rectify } from './shared/rectify.ts';

export const relu6 = defineElementwise({
  name: 'relu6',
  doc: 'min(max(x, 0), 6), elementwise.',
  forward: 'x > 0 ? (x < 6 ? x : 6) : 0',
  gradient: 'y > 0 && y < 6 ? dy : 0',
  gradientReads: 'y',
  onnx: (x, emitter) =>
    emitter.node('Clip', [x, emitter.constant('minimum', [], Float32Array.of(0)), emitter.constant('maximum', [], Float32Array.of(6))]),
  tfjs: (tf, x) =>
    rectify(tf, x, {
      forward: (input) => tf.relu6(input),
      passes: (y) => tf.logicalAnd(tf.greater(y, 0), tf.less(y, 6)),
      gradientOp: 'Relu6Grad',
    }),
});
