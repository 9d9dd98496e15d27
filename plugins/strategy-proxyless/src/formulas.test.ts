import { expect, test } from 'vitest';
import { adamState, adamStep } from './adam.ts';
import { alphaGradient, alphaGradientOfPair, pairProbabilities } from './alpha-gradient.ts';
import { entropy } from './entropy.ts';
import { expectedLatency, expectedLatencyGradient, latencyRange } from './expected-latency.ts';
import { golden } from './golden.test-helper.ts';
import { addLinear } from './losses/add-linear.ts';
import { lagrangian, nextLambda } from './losses/lagrangian.ts';
import type { LatencyLoss } from './losses/latency-loss.ts';
import { mulLog } from './losses/mul-log.ts';
import { rescalePair } from './rescale-pair.ts';
import { logSoftmax, softmax } from './softmax.ts';

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 12) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
};

/** Central differences of `f` in each coordinate. */
const differences = (f: (x: readonly number[]) => number, at: readonly number[], step = 1e-5): number[] =>
  at.map((_, i) => {
    const moved = (by: number) => at.map((value, k) => (k === i ? value + by : value));
    return (f(moved(step)) - f(moved(-step))) / (2 * step);
  });

const published = { learningRate: 1e-3, beta1: 0, beta2: 0.999, epsilon: 1e-8 };
const { alpha, gateGrads } = golden.full;

test('softmax and its logarithm agree with the worked numbers and do not overflow', () => {
  expect.hasAssertions();
  expectClose(softmax(alpha), golden.full.probs);
  expectClose(logSoftmax(alpha), golden.full.probs.map(Math.log));
  expectClose(softmax([1000, 1000]), [0.5, 0.5]);
  expectClose(logSoftmax([0, -800]), [0, -800]);
});

test('full: gradient of the architecture parameters, and the first step of Adam', () => {
  expect.hasAssertions();
  const gradient = alphaGradient(softmax(alpha), gateGrads);
  expectClose(gradient, golden.full.alphaGrad);
  // With the gates replaced by their probabilities the loss is sum_j g_j p_j: that is what the formula differentiates.
  expectClose(
    gradient,
    differences((x) => softmax(x).reduce((sum, p, j) => sum + p * gateGrads[j]!, 0), alpha),
    8,
  );
  const parameters = Float64Array.from(alpha);
  adamStep(parameters, gradient, adamState(7), published);
  expectClose(parameters, golden.full.alphaAfterFirstAdamStep);
});

test('two: gradient over the pair, and rescaling that leaves the other probabilities alone', () => {
  const { active, inactive } = golden.two;
  const pair = [active, inactive] as const;
  expectClose(pairProbabilities(alpha, pair), golden.two.probsSlice);
  const gradient = alphaGradientOfPair(
    alpha,
    Float64Array.from({ length: 7 }, (_, k) => (golden.two.gateGrads as Record<number, number>)[k] ?? NaN),
    pair,
  );
  expectClose(gradient, golden.two.alphaGrad);

  const parameters = Float64Array.from(alpha);
  adamStep(parameters, gradient, adamState(7), published);
  expectClose(parameters, golden.two.alphaAfterAdam);
  expect(rescalePair(parameters, alpha, pair)).toBeCloseTo(golden.two.rescaleOffset, 12);
  expectClose(parameters, golden.two.alphaAfterRescale);
  expectClose(softmax(parameters), golden.two.probsAfter);
});

test('Adam follows its equations over several steps, momentum included', () => {
  // Computed by hand for one parameter, gradients 1 and -0.5, rate 0.1, betas 0.5 and 0.9.
  const parameters = Float64Array.of(2);
  const state = adamState(1);
  const options = { learningRate: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 1e-8 };
  adamStep(parameters, [1], state, options);
  expect(parameters[0]).toBeCloseTo(2 - 0.1, 8);
  adamStep(parameters, [-0.5], state, options);
  // m = 0.25 - 0.25 = 0: the second step does not move.
  expect(parameters[0]).toBeCloseTo(1.9, 8);
  adamStep(parameters, [0.5], state, options);
  // m = 0.25, / 0.875; v = 0.9 (0.09 + 0.025) + 0.025 = 0.1285, / 0.271
  expect(parameters[0]).toBeCloseTo(1.9 - (0.1 * (0.25 / 0.875)) / Math.sqrt(0.1285 / 0.271), 8);
});

const table = { constantMs: golden.mulLog.constantMs, candidatesMs: [golden.mulLog.latencyMs] };
const { ce, ref } = golden.mulLog;

/** The gradient of a whole loss in alpha: gates' part scaled, plus the latency's. */
const total = (loss: LatencyLoss) => {
  const p = softmax(alpha);
  const latency = expectedLatencyGradient(p, golden.mulLog.latencyMs).map((g) => g * loss.perMs);
  return { latency, sum: alphaGradient(p, gateGrads).map((g, i) => g * loss.perCrossEntropy + latency[i]!) };
};

test('expected latency and its gradient', () => {
  expect(expectedLatency([softmax(alpha)], table)).toBeCloseTo(golden.mulLog.expectedMs, 10);
  expectClose(
    expectedLatencyGradient(softmax(alpha), golden.mulLog.latencyMs),
    differences((x) => expectedLatency([softmax(x)], table), alpha),
    8,
  );
  expect(
    latencyRange({
      constantMs: 1,
      candidatesMs: [
        [2, 0],
        [3, 5],
      ],
    }),
  ).toEqual({ leastMs: 4, mostMs: 8 });
});

test('mul#log: value and gradients', () => {
  const options = { referenceMs: ref, scale: golden.mulLog.alpha, beta: golden.mulLog.beta };
  const loss = mulLog(ce, golden.mulLog.expectedMs, options);
  expect(loss.value).toBeCloseTo(golden.mulLog.loss, 12);
  expect(loss.perCrossEntropy / options.scale).toBeCloseTo(golden.mulLog.regFactor, 12);
  expectClose(total(loss).latency, golden.mulLog.alphaGradLatencyPath);
  expectClose(total(loss).sum, golden.mulLog.alphaGradTotal);
  expectClose(
    total(loss).latency,
    differences((x) => mulLog(ce, expectedLatency([softmax(x)], table), options).value, alpha),
    9,
  );
});

test('add#linear: value and gradients', () => {
  const options = { referenceMs: ref, lambda: golden.addLinear.lambda };
  const loss = addLinear(ce, golden.mulLog.expectedMs, options);
  expect(loss.value).toBeCloseTo(golden.addLinear.loss, 12);
  expectClose(total(loss).latency, golden.addLinear.alphaGradLatencyPath);
  expectClose(total(loss).sum, golden.addLinear.alphaGradTotal);
});

test('lagrangian: value, gradient, and a multiplier that follows the violation but never becomes negative', () => {
  for (const [damping, lambda, limitMs] of [
    [0, 0.7, 80],
    [10, 0.7, 80],
    [10, 0.2, 78],
    [10, 0.05, 85], // lambda + kappa v < 0: the limit is kept by far, and latency counts for nothing
  ] as const) {
    const value = (x: readonly number[]) => lagrangian(ce, expectedLatency([softmax(x)], table), { limitMs, lambda, damping }).value;
    const violation = (golden.mulLog.expectedMs - limitMs) / limitMs;
    const weight = Math.max(0, lambda + damping * violation);
    expect(value(alpha)).toBeCloseTo(ce + (damping ? (weight ** 2 - lambda ** 2) / 2 / damping : lambda * violation), 12);
    expectClose(total(lagrangian(ce, golden.mulLog.expectedMs, { limitMs, lambda, damping })).latency, differences(value, alpha), 8);
  }
  expect(nextLambda(0.5, 88, { limitMs: 80, eta: 0.1 })).toBeCloseTo(0.51, 12);
  expect(nextLambda(0.5, 72, { limitMs: 80, eta: 0.1 })).toBeCloseTo(0.49, 12);
  expect(nextLambda(0.001, 40, { limitMs: 80, eta: 0.1 })).toBe(0);
});

test('entropy runs from log N to 0', () => {
  expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 12);
  expect(entropy([1, 0, 0])).toBe(0);
  expect(entropy([0.5, 0.25, 0.25])).toBeCloseTo(1.5 * Math.LN2, 12);
});
