// The options of `darts`.
import { amount, count, objectiveProperties, scheduleProperties, seedProperty, weightProperties } from '@nasc/search';
import type { LoopOptions, ObjectiveOptions } from '@nasc/search';

export interface DartsOptions extends LoopOptions, ObjectiveOptions {
  readonly batchSize?: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly alphaDecay: number;
}

const share = (description: string, preset: number) => ({
  type: 'number',
  minimum: 0,
  exclusiveMaximum: 1,
  default: preset,
  description,
});

export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...scheduleProperties(300),
    weightSteps: count('Weight steps on training images before each update of the architecture; 0 freezes the shared weights.', 1, 0),
    batchSize: count("Images a step; the warm-up's when absent.", 64, 2),
    learningRate: amount('Rate of Adam for the architecture parameters, constant. Published: 3e-4.', 0.05),
    beta1: share('Of Adam: how much of the mean gradient is kept.', 0.5),
    beta2: share('Of Adam: how much of the mean squared gradient is kept.', 0.999),
    alphaDecay: amount('L2 of the architecture parameters.', 1e-3),
    ...objectiveProperties,
    ...weightProperties,
    ...seedProperty,
  },
} as const;
