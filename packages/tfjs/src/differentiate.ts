// Reverse-mode differentiation where not every input leads to the output.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from './lowering.ts';

export interface Differentiated {
  readonly value: Tensor;
  /** Of the shape of each input; undefined where the value does not depend on it. */
  readonly gradients: readonly (Tensor | undefined)[];
}

/**
 * The value of `f` and the gradient of `direction * value` (of the value itself, if that is a scalar) by each of `inputs`,
 * which `f` reads from its closure. `tf.grads` does the same but throws where nothing leads to the value, as behind Zero.
 */
export const differentiate = (tf: Tfjs, f: () => Tensor, inputs: readonly Tensor[], direction?: Tensor): Differentiated => {
  if (inputs.length === 0) return { value: f(), gradients: [] };
  const { value, grads } = tf.engine().gradients(f, [...inputs], direction, true) as { value: Tensor; grads: (Tensor | undefined)[] };
  return { value, gradients: grads };
};
