// Options that both strategies have.
import { count, seedProperty, weightProperties } from '@nasc/search';
import type { SeedOption, WeightOptions } from '@nasc/search';

export interface RankingOptions extends WeightOptions, SeedOption {
  readonly score: 'cross-entropy' | 'accuracy';
  readonly weightSteps: number;
  readonly batchSize?: number;
}

export const rankingProperties = {
  score: {
    enum: ['cross-entropy', 'accuracy'],
    default: 'cross-entropy',
    description: 'What networks are ranked by, on all arch-validation images, with batch normalisation recalibrated for each.',
  },
  weightSteps: count('Further steps of the shared weights along uniformly sampled paths, before anything is ranked.', 0, 0),
  batchSize: count("Images of a batch; the warm-up's when absent.", 128, 2),
  ...weightProperties,
  ...seedProperty,
} as const;
