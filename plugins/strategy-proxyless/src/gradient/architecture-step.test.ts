import { validateOptions } from '@nasc/config';
import type { GateSample } from '@nasc/core';
import { buildGraph, choicesOf, float32, lookupOf } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { expect, test } from 'vitest';
import { adamState, createObjective, initialArchitecture, softmax } from '@nasc/search';
import { golden } from '../golden.test-helper.ts';
import { architectureStep } from './architecture-step.ts';
import { optionsSchema } from './options.ts';
import type { GradientOptions } from './options.ts';

const graph = buildGraph({ ops: lookupOf(primitiveOps), macros: lookupOf(macros) }, (builder) =>
  builder.choice(
    'block',
    [builder.input('image', float32(4, 4, 3))],
    [
      { name: 'k3', macro: 'mbConv', attributes: { kernel: 3, expansion: 1, width: 3 } },
      { name: 'k5', macro: 'mbConv', attributes: { kernel: 5, expansion: 1, width: 3 } },
      { name: 'zero', macro: 'zero', attributes: {} },
    ],
  ),
);
const latency = { name: 'latency', unit: 'ms', combine: 'sum', constant: 1, candidates: [[2, 4, 0]] } as const;

const readOptions = (given: Readonly<Record<string, unknown>>) =>
  validateOptions(optionsSchema, given, '/derive/strategy') as unknown as GradientOptions;

/** Probabilities before and after one step. */
const step = (given: Readonly<Record<string, unknown>>, sample: GateSample, gates: readonly number[], limit?: number) => {
  const options = readOptions(given);
  const architecture = initialArchitecture(choicesOf(graph), 1);
  const before = softmax(architecture.alphas[0]!);
  const objective = createObjective(options, [{ ...latency, limit }]);
  const measured = { loss: 1, correct: 0, gradients: [Float64Array.from(gates)] };
  const [expectedMs] = architectureStep(architecture, {
    options,
    objective,
    multipliers: objective.costs.map(() => 1),
    sample,
    measured,
    diverged: (what) => new Error(what),
  });
  return { before: [...before], after: [...softmax(architecture.alphas[0]!)], expectedMs };
};

const zeroActive = { mode: 'full_v2', active: [2] } as const;

test('while Zero is active: all gates learn, or with latency-only none does from the cross-entropy', () => {
  const learned = step({}, zeroActive, [-1, 0, 0]);
  expect(learned.after[0]).toBeGreaterThan(learned.before[0]! + 0.01);
  const silent = step({ zero: 'latency-only' }, zeroActive, [-1, 0, 0]);
  expect(silent.after).toEqual(silent.before);
  // The latency still counts: the limit is exceeded, so the slow candidate loses and Zero gains.
  const limited = step({ zero: 'latency-only' }, zeroActive, [-1, 0, 0], 2);
  expect(limited.after[1]).toBeLessThan(limited.before[1]!);
  expect(limited.after[2]).toBeGreaterThan(limited.before[2]!);
});

test('latency-only does not concern steps in which another candidate is active', () => {
  const sample = { mode: 'full_v2', active: [0] } as const;
  expect(step({ zero: 'latency-only' }, sample, [-1, 0, 0])).toEqual(step({}, sample, [-1, 0, 0]));
});

test('two: a candidate that was not sampled keeps its probability; the latency is that of the pair, or of all', () => {
  const sample = { mode: 'two', active: [0], other: [1] } as const;
  const published = step({ gates: 'two', expectedOver: 'sampled' }, sample, [-1, 1, NaN], 2);
  expect(published.after[2]).toBeCloseTo(published.before[2]!, 12);
  expect(published.after[0]).toBeGreaterThan(published.before[0]!);
  expect(published.expectedMs).toBeCloseTo(1 + 3, 2);
  const overAll = step({ gates: 'two' }, sample, [-1, 1, NaN], 2);
  expect(overAll.expectedMs).toBeCloseTo(1 + 2, 2);
  expect(overAll.after[2]).toBeGreaterThan(overAll.before[2]!);
});

test('a gradient that is not a number ends the search and names the choice', () => {
  expect(() => step({}, zeroActive, [NaN, 0, 0])).toThrow("a gate's gradient at block is not a number");
});

test.each(['all-gates', 'latency-only'] as const)(
  'with the published loss and an active Zero, %s: one step of Adam as worked out',
  (zero) => {
    const { alpha, gateGradients, latencyMs, constantMs, reference, crossEntropy, afterStep } = golden.activeZero;
    const options = readOptions({ zero, learningRate: 1e-3, loss: 'mul#log', references: { latency: reference } });
    const names = latencyMs.map((_, index) => (index === 6 ? 'zero' : `k${index}`));
    const wide = buildGraph({ ops: lookupOf(primitiveOps), macros: lookupOf(macros) }, (builder) =>
      builder.choice(
        'block',
        [builder.input('image', float32(4, 4, 3))],
        names.map((name) => ({ name, macro: name === 'zero' ? 'zero' : 'identity', attributes: {} })),
      ),
    );
    const architecture = { choices: choicesOf(wide), alphas: [Float64Array.from(alpha)], states: [adamState(7)] };
    const table = { ...latency, constant: constantMs, candidates: [latencyMs], limit: undefined };
    const objective = createObjective(options, [table]);
    architectureStep(architecture, {
      options,
      objective,
      multipliers: [0],
      sample: { mode: 'full_v2', active: [6] },
      measured: { loss: crossEntropy, correct: 0, gradients: [Float64Array.from(gateGradients)] },
      diverged: (what) => new Error(what),
    });
    for (const [index, value] of afterStep[zero].entries()) expect(architecture.alphas[0]![index]).toBeCloseTo(value, 12);
  },
);
