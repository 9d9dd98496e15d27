// The options of `proxyless-gradient`.
import type { GateMode } from '@nasc/core';
import { amount, count, objectiveProperties, scheduleProperties, seedProperty, weightProperties } from '@nasc/search';
import type { LoopOptions, ObjectiveOptions } from '@nasc/search';

export interface GradientOptions extends LoopOptions, ObjectiveOptions {
  readonly batchSize?: number;
  readonly gates: GateMode;
  readonly zero: 'all-gates' | 'latency-only';
  readonly expectedOver: 'all' | 'sampled';
  readonly crossEntropyGradients: boolean;
}

export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...scheduleProperties(300),
    batchSize: count("Images a step; the warm-up's when absent.", 64, 2),
    learningRate: amount('Rate of Adam for the architecture parameters, constant.', 0.1),
    gates: {
      enum: ['full_v2', 'full', 'two'],
      default: 'full_v2',
      description: 'Candidates that get a gradient in a step: all of a choice, or the two that were sampled.',
    },
    zero: {
      enum: ['all-gates', 'latency-only'],
      default: 'all-gates',
      description: 'What a choice learns while its Zero is active: from all gates, or from the costs alone (as published).',
    },
    expectedOver: {
      enum: ['all', 'sampled'],
      default: 'all',
      description: 'With gates "two": expected costs are those of all candidates, or of the two sampled ones (as published).',
    },
    ...objectiveProperties,
    ...weightProperties,
    ...seedProperty,
    crossEntropyGradients: {
      type: 'boolean',
      default: true,
      description: 'False: gates learn from the costs alone. The control of experiments, of no use otherwise.',
    },
  },
} as const;
