// Options of the strategy: types and schema.
import type { GateMode } from '@nasc/core';

export interface ProxylessOptions {
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly gates: GateMode;
  readonly zero: 'all-gates' | 'latency-only';
  readonly expectedOver: 'all' | 'sampled';
  readonly loss: 'lagrangian' | 'add#linear' | 'mul#log';
  readonly eta: number;
  readonly damping: number;
  readonly lambda?: number;
  readonly referenceMs?: number;
  readonly scale: number;
  readonly beta: number;
  readonly weightSteps: number;
  readonly weightLearningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly seed?: number;
  readonly crossEntropyGradients: boolean;
}

const count = (description: string, preset: number, minimum = 1) => ({ type: 'integer', minimum, default: preset, description });
const amount = (description: string, preset?: number) => ({
  type: 'number',
  minimum: 0,
  ...(preset !== undefined && { default: preset }),
  description,
});

export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    steps: count('Architecture steps.', 300),
    batchSize: count('Images a step.', 64, 2),
    learningRate: amount('Rate of Adam for the architecture parameters, constant.', 0.1),
    gates: {
      enum: ['full_v2', 'full', 'two'],
      default: 'full_v2',
      description: 'Candidates that get a gradient in a step: all of a choice, or the two that were sampled.',
    },
    zero: {
      enum: ['all-gates', 'latency-only'],
      default: 'all-gates',
      description: 'What a choice learns while its Zero is active: from all gates, or from the latency alone (as published).',
    },
    expectedOver: {
      enum: ['all', 'sampled'],
      default: 'all',
      description: 'With gates "two": the expected latency is that of all candidates, or of the two sampled ones (as published).',
    },
    loss: {
      enum: ['lagrangian', 'add#linear', 'mul#log'],
      default: 'lagrangian',
      description: 'How latency enters the loss. Only the Lagrangian steers to the limit.',
    },
    eta: amount('lagrangian: growth of lambda per relative violation of the limit and step.', 0.1),
    damping: amount('lagrangian: weight of the present violation beside lambda, against swings; 0 for the plain Lagrangian.', 10),
    lambda: amount('lagrangian: initial weight of the latency (0 when absent). add#linear: its fixed weight (0.1 when absent).'),
    referenceMs: amount('add#linear and mul#log: latency that counts as 1; the limit when absent.'),
    scale: amount('mul#log: factor of the whole loss.', 0.2),
    beta: amount('mul#log: exponent of the latency.', 0.3),
    weightSteps: count('Weight steps on training images before each architecture step; 0 freezes the shared weights.', 0, 0),
    weightLearningRate: amount('Rate of the weight steps at the start of their cosine.', 0.05),
    momentum: { type: 'number', minimum: 0, exclusiveMaximum: 1, default: 0.9, description: 'Nesterov momentum of the weight steps.' },
    weightDecay: amount('L2 of the weight steps.', 4e-5),
    seed: { type: 'integer', minimum: 0, maximum: 4294967295, description: "Seed of the gates; the config's seed when absent." },
    crossEntropyGradients: {
      type: 'boolean',
      default: true,
      description: 'False: gates learn from the latency alone. The control of experiments, of no use otherwise.',
    },
  },
} as const;
