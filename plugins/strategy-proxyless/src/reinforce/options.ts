// The options of `proxyless-reinforce`.
import { amount, count, referenceProperties, scheduleProperties, seedProperty, weightProperties } from '@nasc/search';
import type { LoopOptions, ObjectiveOptions } from '@nasc/search';

export interface ReinforceOptions extends LoopOptions, Pick<ObjectiveOptions, 'references'> {
  readonly batchSize?: number;
  readonly batches: number;
  readonly samples: number;
  readonly baseline: 'published' | 'moving-average' | 'none';
  readonly baselineWeight?: number;
  readonly tradeoff: number;
  readonly capped: boolean;
}

export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...scheduleProperties(300),
    batchSize: count("Images of a batch; the warm-up's when absent.", 64, 2),
    batches: count('Arch-validation batches that every sampled network of a step is judged by.', 4),
    learningRate: amount('Rate of Adam for the architecture parameters, constant.', 0.1),
    samples: count('Networks that are sampled and judged in a step.', 10),
    baseline: {
      enum: ['published', 'moving-average', 'none'],
      default: 'moving-average',
      description:
        'What rewards are compared with. "published": b + weight (mean - b), moved before it is used, which with its weight of 0.99 is all but the mean of the step. "moving-average": the same with a small weight, moved after it was used.',
    },
    baselineWeight: amount('Weight of a step in the baseline; 0.99 (published) and 0.1 (moving-average) when absent.'),
    ...referenceProperties,
    tradeoff: amount('w of the reward accuracy * product of (reference / cost)^w.', 0.1),
    capped: {
      type: 'boolean',
      default: true,
      description: 'Whether a network that costs less than the reference is rewarded like one that costs as much. False as published.',
    },
    ...weightProperties,
    ...seedProperty,
  },
} as const;
