import { expect, test } from 'vitest';
import { expectedCost, expectedCostGradient } from './costs/expected-cost.ts';
import { adamState, adamStep } from './gates/adam.ts';
import { alphaGradient, alphaGradientOfPair, pairProbabilities } from './gates/alpha-gradient.ts';
import { entropy } from './gates/entropy.ts';
import { rescalePair } from './gates/rescale-pair.ts';
import { logSoftmax, softmax } from './gates/softmax.ts';
import { golden } from './golden.test-helper.ts';
import { absolute } from './objective/absolute.ts';
import { addLinear } from './objective/add-linear.ts';
import { lagrangian, nextLambda } from './objective/lagrangian.ts';
import { addTerms } from './objective/loss.ts';
import type { ObjectiveValue, PenaltyTerm } from './objective/loss.ts';
import { mulLog } from './objective/mul-log.ts';

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

const table = {
  name: 'latency',
  unit: 'ms',
  combine: 'sum',
  constant: golden.mulLog.constantMs,
  candidates: [golden.mulLog.latencyMs],
  limit: undefined,
} as const;
const { ce, ref, expectedMs } = golden.mulLog;
const expectedOf = (x: readonly number[]) => expectedCost([softmax(x)], table).value;

/** The gradient of a whole loss in alpha: gates' part scaled, plus the latency's. */
const total = (loss: ObjectiveValue) => {
  const p = softmax(alpha);
  const latency = expectedCostGradient(p, golden.mulLog.latencyMs).map((g) => g * loss.perCost[0]!);
  return { latency, sum: alphaGradient(p, gateGrads).map((g, i) => g * loss.perCrossEntropy + latency[i]!) };
};
const withTerm = (term: PenaltyTerm) => total(addTerms(ce, [term]));

test('expected cost and its gradient', () => {
  expect(expectedOf(alpha)).toBeCloseTo(expectedMs, 10);
  expectClose(expectedCostGradient(softmax(alpha), golden.mulLog.latencyMs), differences(expectedOf, alpha), 8);
});

test('the largest of expected costs: only the gates of the dearest choice move it', () => {
  const memory = {
    ...table,
    combine: 'max',
    constant: 3,
    candidates: [
      [1, 2],
      [4, 8],
    ],
  } as const;
  const cost = expectedCost(
    [
      [0.5, 0.5],
      [0.25, 0.75],
    ],
    memory,
  );
  expect([cost.value, cost.dependsOn(0), cost.dependsOn(1)]).toEqual([7, false, true]);
  const fixed = expectedCost(
    [
      [1, 0],
      [1, 0],
    ],
    { ...memory, constant: 5 },
  );
  expect([fixed.value, fixed.dependsOn(0), fixed.dependsOn(1)]).toEqual([5, false, false]);
});

test('mul#log: value and gradients', () => {
  const options = { references: [ref], scale: golden.mulLog.alpha, beta: golden.mulLog.beta };
  const loss = mulLog(ce, [expectedMs], options);
  expect(loss.value).toBeCloseTo(golden.mulLog.loss, 12);
  expect(loss.perCrossEntropy / options.scale).toBeCloseTo(golden.mulLog.regFactor, 12);
  expectClose(total(loss).latency, golden.mulLog.alphaGradLatencyPath);
  expectClose(total(loss).sum, golden.mulLog.alphaGradTotal);
  expectClose(
    total(loss).latency,
    differences((x) => mulLog(ce, [expectedOf(x)], options).value, alpha),
    9,
  );
});

test('mul#log of several costs: each derivative is that of the whole product', () => {
  const options = { references: [80, 3e8], scale: 0.2, beta: 0.3 };
  const at = [70, 4e8];
  const { value, perCrossEntropy, perCost } = mulLog(2, at, options);
  expect(perCrossEntropy).toBeCloseTo(value / 2, 12);
  for (const [cost, expected] of at.entries()) {
    const step = expected * 1e-5;
    const moved = (by: number) => mulLog(2, at.with(cost, expected + by), options).value;
    expect(perCost[cost]! / ((moved(step) - moved(-step)) / (2 * step))).toBeCloseTo(1, 7);
  }
});

test('add#linear: value and gradients', () => {
  const term = addLinear(expectedMs, { reference: ref, lambda: golden.addLinear.lambda });
  expect(ce + term.value).toBeCloseTo(golden.addLinear.loss, 12);
  expectClose(withTerm(term).latency, golden.addLinear.alphaGradLatencyPath);
  expectClose(withTerm(term).sum, golden.addLinear.alphaGradTotal);
});

test('absolute: as far above the reference as below costs the same, and both lead to it', () => {
  const options = { reference: 80, lambda: 0.5 };
  expect(absolute(88, options).value).toBeCloseTo(0.05, 12);
  expect(absolute(72, options).value).toBeCloseTo(0.05, 12);
  expect(absolute(80, options)).toEqual({ value: 0, perCost: 0 });
  for (const reference of [75, 85]) {
    const term = absolute(expectedMs, { reference, lambda: 0.5 });
    expectClose(
      withTerm(term).latency,
      differences((x) => absolute(expectedOf(x), { reference, lambda: 0.5 }).value, alpha),
      8,
    );
  }
});

test('lagrangian: value, gradient, and a multiplier that follows the violation but never becomes negative', () => {
  for (const [damping, lambda, limit] of [
    [0, 0.7, 80],
    [10, 0.7, 80],
    [10, 0.2, 78],
    [10, 0.05, 85], // lambda + kappa v < 0: the limit is kept by far, and latency counts for nothing
  ] as const) {
    const value = (x: readonly number[]) => lagrangian(expectedOf(x), { limit, lambda, damping }).value;
    const violation = (expectedMs - limit) / limit;
    const weight = Math.max(0, lambda + damping * violation);
    expect(value(alpha)).toBeCloseTo(damping ? (weight ** 2 - lambda ** 2) / 2 / damping : lambda * violation, 12);
    expectClose(withTerm(lagrangian(expectedMs, { limit, lambda, damping })).latency, differences(value, alpha), 8);
  }
  expect(nextLambda(0.5, 88, { limit: 80, eta: 0.1 })).toBeCloseTo(0.51, 12);
  expect(nextLambda(0.5, 72, { limit: 80, eta: 0.1 })).toBeCloseTo(0.49, 12);
  expect(nextLambda(0.001, 40, { limit: 80, eta: 0.1 })).toBe(0);
});

test('entropy runs from log N to 0', () => {
  expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 12);
  expect(entropy([1, 0, 0])).toBe(0);
  expect(entropy([0.5, 0.25, 0.25])).toBeCloseTo(1.5 * Math.LN2, 12);
});
