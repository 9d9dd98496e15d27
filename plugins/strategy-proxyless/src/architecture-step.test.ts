import { validateOptions } from '@nasc/config';
import type { GateSample } from '@nasc/core';
import { buildGraph, choicesOf, float32, lookupOf } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { expect, test } from 'vitest';
import { initialArchitecture } from './architecture-parameters.ts';
import { architectureStep } from './architecture-step.ts';
import { latencyTerm } from './latency-term.ts';
import { optionsSchema } from './options.ts';
import type { ProxylessOptions } from './options.ts';
import { softmax } from './softmax.ts';

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
const latency = { constantMs: 1, candidatesMs: [[2, 4, 0]] };

/** Probabilities before and after one step. */
const step = (given: Readonly<Record<string, unknown>>, sample: GateSample, gates: readonly number[], limitMs?: number) => {
  const options = validateOptions(optionsSchema, given, '/derive/strategy') as unknown as ProxylessOptions;
  const architecture = initialArchitecture(choicesOf(graph), 1);
  const before = softmax(architecture.alphas[0]!);
  const term = latencyTerm(options, latency, limitMs);
  const measured = { loss: 1, correct: 0, gradients: [Float64Array.from(gates)] };
  const expectedMs = architectureStep(architecture, {
    options,
    latency,
    term,
    lambda: 1,
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
