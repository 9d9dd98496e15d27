// Rectifiers in TensorFlow.js. The library's own gradients of relu and relu6 take several times as long.
import { tensorflowOp } from '@nasc/tfjs';
import type { GradSaveFunc, Tensor, Tfjs } from '@nasc/tfjs';

export interface Rectifier {
  readonly forward: (x: Tensor) => Tensor;
  /** Where the gradient passes, by the output; elsewhere it is 0. */
  readonly passes: (y: Tensor) => Tensor;
  /** The op of TensorFlow that does this. */
  readonly gradientOp: string;
}

export const rectify = (tf: Tfjs, x: Tensor, { forward, passes, gradientOp }: Rectifier): Tensor => {
  const run = tensorflowOp(tf);
  const gradient = (dy: Tensor, y: Tensor) =>
    run ? run(gradientOp, ['T'], {}, [dy, y], 1)[0]! : tf.mul(dy, tf.cast(passes(y), 'float32'));
  const rectified = tf.customGrad((...operands) => {
    const [input, save] = operands as unknown as [Tensor, GradSaveFunc];
    const value = forward(input);
    save([value]);
    return { value, gradFunc: (dy: Tensor, [y]: Tensor[]) => gradient(dy, y!) };
  });
  return rectified(x);
};
