// Random search: the baseline that every search has to beat (Li and Talwalkar, 2019).
import type { SearchContext, StrategyDefinition } from '@nasc/core';
import { Random } from '@nasc/random';
import { count } from '@nasc/search';
import { feasibleNetworks } from '../feasible-networks.ts';
import { rankNetworks } from '../rank-networks.ts';
import { rankingProperties } from '../ranking-options.ts';
import type { RankingOptions } from '../ranking-options.ts';
import { unseen } from '../unseen.ts';

interface RandomOptions extends RankingOptions {
  readonly networks: number;
}

const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    networks: count('Networks that are drawn and ranked.', 200),
    ...rankingProperties,
  },
} as const;

const search = (context: SearchContext, options: RandomOptions) => {
  const { draw } = feasibleNetworks(context.costs);
  const seed = options.seed ?? context.config.seed;
  return rankNetworks(context, options, {
    name: 'random',
    count: options.networks,
    next(scored) {
      const random = new Random({ seed, stream: 'search.networks', step: scored.length });
      return unseen(scored, () => draw(random));
    },
  });
};

export const random: StrategyDefinition = {
  name: 'random',
  description: 'Random search: networks drawn uniformly among those that keep the limits, ranked under shared weights.',
  optionsSchema,
  requirements: { activePaths: 1, warmUp: true },
  search: (context, options) => search(context, options as unknown as RandomOptions),
};
