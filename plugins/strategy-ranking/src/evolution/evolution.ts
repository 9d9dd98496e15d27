// Evolutionary search under shared weights (Guo et al., 2020, "Single Path One-Shot"; Real et al., 2019, "Regularized Evolution").
import type { SearchContext, StrategyDefinition } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { Random } from '@nasc/random';
import { feasibleNetworks } from '../feasible-networks.ts';
import { rankNetworks } from '../rank-networks.ts';
import { unseen } from '../unseen.ts';
import { breeder } from './breed.ts';
import { optionsSchema } from './options.ts';
import type { EvolutionOptions } from './options.ts';

/** Children that are tried before a network is drawn in their place. */
const childAttempts = 200;

const search = (context: SearchContext, options: EvolutionOptions) => {
  const { population, generations } = options;
  const { keepsLimits, draw } = feasibleNetworks(context.costs);
  const counts = choicesOf(context.space.graph).map(({ candidates }) => candidates.length);
  const seed = options.seed ?? context.config.seed;
  return rankNetworks(context, options, {
    name: 'evolution',
    count: population * generations,
    next(scored) {
      const random = new Random({ seed, stream: 'search.networks', step: scored.length });
      const drawn = () => unseen(scored, () => draw(random));
      if (scored.length < population) return drawn();
      const child = breeder(scored, counts, options, random);
      return unseen(scored, child, { tries: childAttempts, fits: keepsLimits }) ?? drawn();
    },
  });
};

export const evolution: StrategyDefinition = {
  name: 'evolution',
  description: 'Evolutionary search: children of the best networks, all within the limits, ranked under shared weights.',
  optionsSchema,
  requirements: { activePaths: 1, warmUp: true },
  search: (context, options) => search(context, options as unknown as EvolutionOptions),
};
