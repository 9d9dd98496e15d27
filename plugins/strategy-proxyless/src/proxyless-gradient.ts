// The strategy as the registry holds it.
import type { StrategyDefinition } from '@nasc/core';
import { optionsSchema } from './options.ts';
import type { ProxylessOptions } from './options.ts';
import { search } from './search.ts';

export const proxylessGradient: StrategyDefinition = {
  name: 'proxyless-gradient',
  description: 'ProxylessNAS: binary gates trained by gradient, expected latency in the loss.',
  optionsSchema,
  requirements: { activePaths: 1, warmUp: true },
  search: (context, options) => search(context, options as unknown as ProxylessOptions),
};
