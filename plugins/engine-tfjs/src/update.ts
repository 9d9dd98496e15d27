// Stochastic gradient descent as PyTorch defines it (dampening 0).
import type { SgdOptions } from '@nasc/core';
import type { GraphParameter } from '@nasc/ir';
import type { Tensor, Tfjs } from '@nasc/tfjs';
import type { ParameterStore } from './parameter-store.ts';

/**
 * Inside of a `tf.tidy`. For each of `parameters`, which are trained: g += decay w; v = momentum v + g; w -= rate (nesterov ? g + momentum v : v).
 * A parameter without a gradient has one of zero. With `averageDecay` d, average = average + (1 - d) (w - average). All gradients are cleared.
 */
export const updateParameters = (
  tf: Tfjs,
  store: ParameterStore,
  parameters: Iterable<GraphParameter>,
  { learningRate, momentum, nesterov, weightDecay, decayRoles, averageDecay }: SgdOptions,
): void => {
  // Each number in a formula would become a tensor of its own.
  const [rate, inertia, decay] = [learningRate, momentum, weightDecay].map((value) => tf.scalar(value)) as [Tensor, Tensor, Tensor];
  const share = averageDecay === undefined ? undefined : tf.scalar(1 - averageDecay);
  if (share) store.beginAverage();
  for (const { id, spec } of parameters) {
    const decays = weightDecay !== 0 && spec.role !== 'statistic' && decayRoles.includes(spec.role);
    tf.tidy(() => {
      const weight = store.value(id);
      const gradient = store.gradient(id) ?? tf.zerosLike(weight);
      const g = decays ? tf.add(gradient, tf.mul(weight, decay)) : gradient;
      const velocity = tf.add(tf.mul(store.momentum(id), inertia), g);
      const step = nesterov ? tf.add(g, tf.mul(velocity, inertia)) : velocity;
      const updated = tf.sub(weight, tf.mul(step, rate));
      store.set('values', id, updated);
      store.set('momentum', id, velocity);
      if (share) {
        const mean = store.average(id);
        store.set('average', id, tf.add(mean, tf.mul(tf.sub(updated, mean), share)));
      }
    });
  }
  store.clearGradients();
};
