// The options of `evolution`.
import { count } from '@nasc/search';
import { rankingProperties } from '../ranking-options.ts';
import type { RankingOptions } from '../ranking-options.ts';

export interface EvolutionOptions extends RankingOptions {
  readonly population: number;
  readonly generations: number;
  readonly survival: 'best' | 'youngest';
  readonly parents: number;
  readonly mutation: number;
  readonly crossover: number;
}

const probability = (description: string, preset: number) => ({ type: 'number', minimum: 0, maximum: 1, default: preset, description });

export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    population: count('Networks of a generation; the first one is drawn uniformly among those that keep the limits.', 25, 2),
    generations: count('Generations, the first one included.', 8),
    survival: {
      enum: ['best', 'youngest'],
      default: 'best',
      description:
        'Who has children. "best": any of the best scored so far (Guo et al., 2020). "youngest": the best of a few drawn among the last population, so that nobody lives for ever (Real et al., 2019).',
    },
    parents: count('"best": how many of the best are parents. "youngest": how many are drawn, of whom the best one is it.', 10),
    mutation: probability('Probability that a choice of a mutated network is drawn anew.', 0.1),
    crossover: probability('"best": share of children that take each choice from one of two parents; the others are mutated.', 0.5),
    ...rankingProperties,
  },
} as const;
