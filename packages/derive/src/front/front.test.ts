import type { CostTable, ScoredNetwork, SearchResult } from '@nasc/core';
import { expect, test } from 'vitest';
import { chooseFront } from './choose-front.ts';
import { latencyRange, spacedLimits } from './latency-limits.ts';

const rest = { strategy: 'test', history: { columns: {} }, cost: { imagesForwardBackward: 0 } } as const;
const logProbabilities = [
  [-3, -2, -1],
  [-3.5, -2.2, -1.1],
];
const distribution: SearchResult = { ...rest, kind: 'distribution', logProbabilities };
const latency: CostTable = {
  name: 'latency',
  unit: 'ms',
  combine: 'sum',
  constant: 0.1,
  candidates: [
    [0.1, 0.2, 0.4],
    [0.1, 0.3, 0.7],
  ],
  limit: undefined,
};
const macs: CostTable = {
  name: 'macs',
  unit: 'MACs',
  combine: 'sum',
  constant: 0,
  candidates: [
    [9, 2, 3],
    [1, 2, 9],
  ],
  limit: undefined,
};

/** Latencies in ms and cross-entropies; the choices are of no matter. */
const networks = (values: readonly (readonly [number, number])[]): readonly ScoredNetwork[] =>
  values.map(([predictedMs, crossEntropy], index) => ({
    choices: [index],
    predictedMs,
    searchScore: 0,
    accuracy: { correct: 0, correctTop5: undefined, count: 10, crossEntropy },
  }));
const front = (values: readonly (readonly [number, number])[], limitsMs: readonly number[]) =>
  chooseFront(networks(values), limitsMs).map(({ choices, limitsMs: limits }) => [choices[0], limits]);

test('the best under each limit, whatever it was proposed for; what a faster network beats is no point', () => {
  const values = [
    [1, 0.9],
    [3, 0.4],
    [2, 0.8],
    [4, 0.5],
    [6, 0.2],
  ] as const;
  expect(front(values, [1, 2, 3, 4, 5, 6])).toEqual([
    [0, [1]],
    [2, [2]],
    [1, [3, 4, 5]],
    [4, [6]],
  ]);
});

test('a limit is kept to the last bit; one that nothing keeps has no point; the faster of equals is taken', () => {
  const values = [
    [0.1 + 0.2, 0.5],
    [0.3, 0.7],
    [0.9, 0.5],
    [0.25, Number.NaN],
  ] as const;
  expect(front(values, [0.2, 0.25, 0.3, 0.9])).toEqual([
    [3, [0.25]],
    [1, [0.3]],
    [0, [0.9]],
  ]);
});

test('where nothing is shared the search itself ranks', () => {
  const unscored = [0.2, 0.9, 0.3].map((searchScore, index) => ({
    choices: [index],
    predictedMs: index + 1,
    searchScore,
    accuracy: undefined,
  }));
  expect(chooseFront(unscored, [1, 2, 3]).map(({ choices, limitsMs }) => [choices, limitsMs])).toEqual([
    [[0], [1]],
    [[1], [2, 3]],
  ]);
});

test('the range is that of the networks that keep the other limits: of the space, or of the ranked ones', () => {
  expect(latencyRange(distribution, [latency, macs])).toEqual({ fastest: [0, 0], slowest: [2, 2] });
  // 9 MACs rule out the fastest and the slowest candidate together with any other.
  expect(latencyRange(distribution, [latency, { ...macs, limit: 5 }])).toEqual({ fastest: [1, 0], slowest: [2, 1] });
  expect(latencyRange(distribution, [latency, { ...macs, limit: 1 }])).toBeUndefined();
  const architectures = [
    [1, 1],
    [2, 2],
    [1, 0],
  ].map((choices) => ({ choices, score: 0 }));
  const ranked: SearchResult = { ...rest, kind: 'ranked', architectures };
  expect(latencyRange(ranked, [latency, macs])).toEqual({ fastest: [1, 0], slowest: [2, 2] });
  expect(latencyRange(ranked, [latency, { ...macs, limit: 3 }])).toEqual({ fastest: [1, 0], slowest: [1, 0] });
  expect(latencyRange(ranked, [latency, { ...macs, limit: 2 }])).toBeUndefined();
});

test('limits are evenly spaced in the logarithm, and both ends exact', () => {
  const limits = spacedLimits(0.03, 0.48, 5);
  expect([limits[0], limits[4]]).toEqual([0.03, 0.48]);
  for (const [index, limit] of limits.entries()) expect(limit).toBeCloseTo(0.03 * 2 ** index, 12);
  expect(spacedLimits(0.1, 0.7, 2)).toEqual([0.1, 0.7]);
  expect(spacedLimits(0, 2, 2)).toEqual([0.002, 2]);
});
