// Rectified linear unit.
import { defineElementwise } from './shared/elementwise.ts';
import { rectify } from './shared/rectify.ts';

export const relu = defineElementwise({
  name: 'relu',
  doc: 'max(x, 0), elementwise.',
  forward: 'x > 0 ? x : 0',
  gradient: 'y > 0 ? dy : 0',
  gradientReads: 'y',
  onnx: (x, emitter) => emitter.node('Relu', [x]),
  tfjs: (tf, x) => rectify(tf, x, { forward: (input) => tf.relu(input), passes: (y) => tf.greater(y, 0), gradientOp: 'ReluGrad' }),
});
