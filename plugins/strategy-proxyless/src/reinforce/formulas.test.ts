import { softmax } from '@nasc/search';
import { expect, test } from 'vitest';
import { golden } from '../golden.test-helper.ts';
import { moveBaseline, policyGradient } from './policy-gradient.ts';
import { reward } from './reward.ts';

const { alpha, sampled, accuracies, latencyMs, reference, tradeoff, rewards } = golden.reinforce;

const expectClose = (actual: ArrayLike<number>, expected: readonly number[]) => {
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 15);
};
const gradientWith = (baseline: number) =>
  policyGradient(
    softmax(alpha),
    sampled,
    rewards.map((value) => value - baseline),
  );

test('rewards: accuracy times how much faster than the reference, or at most the accuracy', () => {
  for (const [index, accuracy] of accuracies.entries()) {
    const costs = [{ cost: latencyMs[index]!, reference }];
    expect(reward(accuracy, costs, { tradeoff, capped: false })).toBeCloseTo(rewards[index]!, 15);
    expect(reward(accuracy, costs, { tradeoff, capped: true })).toBeCloseTo(Math.min(accuracy, rewards[index]!), 15);
  }
  const both = [
    { cost: 40, reference: 80 },
    { cost: 4, reference: 1 },
  ];
  expect(reward(0.8, both, { tradeoff: 0.5, capped: false })).toBeCloseTo(0.8 * Math.sqrt(0.5), 15);
  expect(reward(0.8, both, { tradeoff: 0.5, capped: true })).toBeCloseTo(0.8 * 0.5, 15);
  expect(reward(0.8, [], { tradeoff, capped: true })).toBe(0.8);
});

test('the published baseline is moved before it is used, the moving average after', () => {
  const { first, published, movingAverage } = golden.reinforce;
  for (const kind of ['published', 'moving-average'] as const)
    expect(moveBaseline(kind, null, rewards, 0.99).used).toBeCloseTo(first.baseline, 15);
  expectClose(gradientWith(first.baseline), first.gradient);
  const moved = moveBaseline('published', 0.5, rewards, 0.99);
  expect(moved.used).toBeCloseTo(published.baseline, 15);
  expect(moved.next).toBe(moved.used);
  expectClose(gradientWith(moved.used), published.gradient);
  const slow = moveBaseline('moving-average', 0.5, rewards, 0.1);
  expect(slow.used).toBe(movingAverage.used);
  expect(slow.next).toBeCloseTo(movingAverage.next, 15);
  expectClose(gradientWith(slow.used), movingAverage.gradient);
  expect(moveBaseline('none', 0.5, rewards, 0.1)).toEqual({ used: 0, next: 0 });
});

test('the gradient is that of the expected reward: finite differences of sum_s p_s R_s', () => {
  // With one sample of each candidate weighted by its probability the estimate is exact.
  const values = [0.3, 0.9, 0.1, 0.6, 0.2, 0.5, 0.4];
  const expected = (x: readonly number[]) => -softmax(x).reduce((sum, p, s) => sum + p * values[s]!, 0);
  const p = softmax(alpha);
  const exact = values.map((_, i) => values.reduce((sum, value, s) => sum + p[s]! * policyGradient(p, [s], [value])[i]!, 0));
  for (const [i, gradient] of exact.entries()) {
    const moved = (by: number) => expected(alpha.map((value, k) => (k === i ? value + by : value)));
    expect(gradient).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 9);
  }
});
