// A pass between two built-in ones: weights too small to matter become exact zeros, which compress well.
import { definePass } from 'nasc/plugin';
import type { WeightedNetwork } from 'nasc/plugin';

export const zeroTinyWeights = (threshold: number) =>
  definePass<WeightedNetwork, WeightedNetwork>({
    name: 'zeroTinyWeights',
    run: ({ graph, weights }) => ({
      graph,
      weights: new Map(
        [...weights].map(([id, { shape, data }]) => [id, { shape, data: data.map((value) => (Math.abs(value) < threshold ? 0 : value)) }]),
      ),
    }),
  });
