import { Random } from '@nasc/random';
import { describe, expect, test } from 'vitest';
import { blockEntry, fitLatencies, predictWhole } from './fit-latencies.ts';
import type { NetworkTiming } from './fit-latencies.ts';
import { sampleRounds } from './sample-rounds.ts';
import { ridge, solvePositiveDefinite } from './solve.ts';
import type { ProfiledBlock } from './time-network.ts';

describe('linear systems', () => {
  test('a positive definite system is solved', () => {
    const matrix = [
      [4, 2, -1],
      [2, 5, 1],
      [-1, 1, 3],
    ];
    const x = [1, -2, 3];
    const right = matrix.map((row) => row.reduce((sum, value, index) => sum + value * x[index]!, 0));
    solvePositiveDefinite(matrix, right).forEach((value, index) => expect(value).toBeCloseTo(x[index]!, 12));
    expect(() => solvePositiveDefinite([[0]], [1])).toThrow('not positive definite');
  });

  test('ridge regression weighs one observation against the prior by their variances', () => {
    // One coefficient, one row: x = y / (1 + (noise / scale)^2).
    expect(ridge([[1]], [10], 1, 3)[0]).toBeCloseTo(9, 12);
    expect(ridge([[1]], [10], 3, 1)[0]).toBeCloseTo(1, 12);
  });
});

const choiceCount = 6;
const candidates = 5;
const callMs = 0.02;
const kernelsOf = (candidate: number) => (candidate === candidates - 1 ? 0 : 5); // the last is Zero: nothing runs
const trueMs = (choice: number, candidate: number) => (kernelsOf(candidate) === 0 ? 0 : 0.01 + 0.002 * choice + 0.004 * candidate);

/** Networks of known blocks: 0.4 us of dispatch a kernel that the profiler does not see, whole times with 1 % noise. */
const timingsOf = (rounds: number, seed: number): readonly NetworkTiming[] => {
  const random = new Random({ seed, stream: 'noise' });
  return sampleRounds(
    Array.from({ length: choiceCount }, () => candidates),
    rounds,
    seed,
  ).map((choices) => {
    const blocks = new Map<number | string, ProfiledBlock>([['stem', { ms: 0.004 - 0.0004, kernels: 1 }]]);
    let wholeMs = callMs + 0.004;
    for (const [choice, candidate] of choices.entries()) {
      const [kernels, ms] = [kernelsOf(candidate), trueMs(choice, candidate)];
      if (kernels > 0) blocks.set(choice, { ms: (ms - 0.0004 * kernels) * (1 + 0.05 * random.normal()), kernels });
      wholeMs += ms;
    }
    return { choices, wholeMs: wholeMs * (1 + 0.01 * random.normal()), blocks };
  });
};

test('blocks are found again although the profiler misses the dispatch, and other networks are predicted within their noise', () => {
  const fitted = fitLatencies(timingsOf(8, 0), callMs, 0.01);
  for (let choice = 0; choice < choiceCount; choice++) {
    for (let candidate = 0; candidate < candidates - 1; candidate++) {
      const { ms, samples } = fitted.blocks.get(blockEntry(choice, candidate))!;
      expect(Math.abs(ms / trueMs(choice, candidate) - 1)).toBeLessThan(0.12);
      expect(samples).toBe(8);
    }
  }
  const errors = timingsOf(20, 1).map((timing) => predictWhole(fitted, timing) / timing.wholeMs - 1);
  const rootMeanSquare = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
  expect(rootMeanSquare).toBeLessThan(0.02);
});

test('a candidate of which nothing runs costs nothing', () => {
  const fitted = fitLatencies(timingsOf(3, 2), callMs, 0.01);
  for (let choice = 0; choice < choiceCount; choice++) expect(fitted.blocks.get(blockEntry(choice, candidates - 1))!.ms).toBe(0);
});

test('a space without choices is a sum of fixed blocks that keeps the measured whole', () => {
  const blocks = new Map([
    ['stem', { ms: 0.2, kernels: 2 }],
    ['head', { ms: 0.1, kernels: 1 }],
  ]);
  const fitted = fitLatencies([{ choices: [], wholeMs: 0.32, blocks }], callMs, 0.01);
  const [stem, head] = [fitted.blocks.get('stem')!.ms, fitted.blocks.get('head')!.ms];
  expect(fitted.callMs + stem + head).toBeCloseTo(0.32, 3);
  expect(stem).toBeCloseTo(2 * head, 2);
});
