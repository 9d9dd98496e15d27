// The preset of the published search: its options are this strategy's, and its arithmetic is that of the released code.
import { validateConfig, validateOptions } from '@nasc/config';
import { createObjective, searchSchedule } from '@nasc/search';
import { cosineSchedule } from '@nasc/training';
import { expect, test } from 'vitest';
import { optionsSchema } from './options.ts';
import type { GradientOptions } from './options.ts';

const { train, derive } = validateConfig(
  { extends: 'proxyless-imagenet', task: { dataset: 'imagenet' }, targets: ['pixel1'], constraints: { latencyMs: 80 } },
  'test',
);
const { name, ...given } = derive.strategy as { name: string };
const options = validateOptions(optionsSchema, given, '/derive/strategy') as unknown as GradientOptions;

/** Iterations of an epoch in the released code: 1 231 167 images by 256, the last batch a part. */
const iterations = 4810;

test('114 478 architecture steps in 119 of 120 epochs, each after five iterations', () => {
  expect(name).toBe('proxyless-gradient');
  const { steps, weightSteps, weightStepsBefore } = searchSchedule(options, iterations);
  expect([steps, weightSteps, weightStepsBefore(0)]).toEqual([114_478, 120 * iterations, iterations + 5]);
});

test('rates: a cosine from 0.05 over 40 epochs of warm-up, then another from 0.025 over 120, one step an iteration', () => {
  const published = (initial: number, epochs: number, step: number) =>
    0.5 * initial * (1 + Math.cos((Math.PI * step) / (epochs * iterations)));
  const warmUp = cosineSchedule({ ...train.optimizer, steps: train.epochs * iterations });
  const joint = cosineSchedule({
    learningRate: options.weightLearningRate,
    warmUpSteps: 0,
    steps: searchSchedule(options, iterations).weightSteps,
  });
  for (const step of [0, 1, 4810, 100_000]) {
    expect(warmUp(step)).toBeCloseTo(published(0.05, 40, step), 15);
    expect(joint(step)).toBeCloseTo(published(0.025, 120, step), 15);
  }
});

test('the loss is mul#log with the limit as its reference; Adam moves by 0.001', () => {
  const latency = { name: 'latency', unit: 'ms', combine: 'sum', constant: 20, candidates: [[10, 70]], limit: 80 } as const;
  const objective = createObjective(options, [latency]);
  // ln E = ln 80: the factor is the scale alone.
  expect(objective.evaluate(2.5, [80], [0]).value).toBeCloseTo(0.2 * 2.5, 15);
  expect(objective.evaluate(2.5, [60], [0]).value).toBeCloseTo(0.2 * 2.5 * (Math.log(60) / Math.log(80)) ** 0.3, 15);
  expect(options).toMatchObject({ learningRate: 0.001, gates: 'full_v2', zero: 'latency-only', momentum: 0.9, weightDecay: 4e-5 });
  expect(options.decayRoles).toEqual(['weight', 'bias', 'scale']);
});
