// Options of the loss: which one, and how much costs count in it.
import type { CostTable } from '@nasc/core';
import { amount } from '../options.ts';

export interface ObjectiveOptions {
  readonly loss: 'lagrangian' | 'add#linear' | 'mul#log' | 'absolute';
  readonly eta: number;
  readonly damping: number;
  readonly lambda?: number;
  readonly references?: Readonly<Partial<Record<CostTable['name'], number>>>;
  readonly scale: number;
  readonly beta: number;
}

const reference = (unit: string) => ({ type: 'number', exclusiveMinimum: 0, description: unit });

export const referenceProperties = {
  references: {
    type: 'object',
    additionalProperties: false,
    description: 'What counts as 1 of each cost; its limit when absent. Costs with neither take no part. Of no effect with the Lagrangian.',
    properties: {
      latency: reference('ms'),
      macs: reference('Multiply-accumulates of one image.'),
      parameters: reference('Trained values.'),
      memory: reference('Bytes of activations.'),
      storage: reference('Bytes of weights.'),
    },
  },
} as const;

export const objectiveProperties = {
  loss: {
    enum: ['lagrangian', 'add#linear', 'mul#log', 'absolute'],
    default: 'lagrangian',
    description: 'How costs enter the loss. The Lagrangian steers to the limits, "absolute" to the references; the others to a trade-off.',
  },
  eta: amount('lagrangian: growth of lambda per relative violation of a limit and step.', 0.1),
  damping: amount('lagrangian: weight of the present violation beside lambda, against swings; 0 for the plain Lagrangian.', 10),
  lambda: amount(
    'lagrangian: initial weight of each limited cost (0 when absent). add#linear, absolute: its fixed weight (0.1 and 1 when absent).',
  ),
  ...referenceProperties,
  scale: amount('mul#log: factor of the whole loss.', 0.2),
  beta: amount('mul#log: exponent of each cost.', 0.3),
} as const;
