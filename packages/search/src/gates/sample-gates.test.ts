import { Random } from '@nasc/random';
import { expect, test } from 'vitest';
import { sampleGates } from './sample-gates.ts';
import { softmax } from './softmax.ts';

const alphas = [
  [0.5, -0.3, 0, 1],
  [0, 0.4],
];
const probabilities = alphas.map(softmax);
const draws = 20_000;

/** How often each candidate of choice 0 occurs in the drawn lists. */
const shares = (lists: readonly (readonly number[])[]): number[] =>
  [0, 1, 2, 3].map((candidate) => lists.filter((list) => list[0] === candidate).length / draws);

test('full: candidates are active as often as their probabilities say', () => {
  const samples = Array.from({ length: draws }, (_, step) =>
    sampleGates('full_v2', alphas, probabilities, new Random({ seed: 1, stream: 'test', step })),
  );
  const measured = shares(samples.map(({ active }) => active));
  for (const [i, p] of probabilities[0]!.entries()) expect(Math.abs(measured[i]! - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
  expect(samples[0]!.other).toBeUndefined();
});

test('two: distinct candidates; a pair as often as drawing without replacement says, its active one by the softmax over both', () => {
  const samples = Array.from({ length: draws }, (_, step) =>
    sampleGates('two', alphas, probabilities, new Random({ seed: 1, stream: 'test', step })),
  );
  for (const { active, other } of samples) expect(active.every((candidate, choice) => candidate !== other![choice])).toBe(true);
  const p = probabilities[0]!;
  for (const [a, b] of [
    [0, 1],
    [0, 3],
    [2, 3],
  ] as const) {
    const pair = samples.filter(({ active, other }) => (active[0] === a && other![0] === b) || (active[0] === b && other![0] === a));
    const expected = (p[a]! * p[b]!) / (1 - p[a]!) + (p[b]! * p[a]!) / (1 - p[b]!);
    expect(Math.abs(pair.length / draws - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / draws));
    const first = pair.filter(({ active }) => active[0] === a).length / pair.length;
    const share = p[a]! / (p[a]! + p[b]!);
    expect(Math.abs(first - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / pair.length));
  }
});

test('the same key draws the same gates', () => {
  const draw = (step: number) => sampleGates('two', alphas, probabilities, new Random({ seed: 3, stream: 'test', step }));
  expect(draw(5)).toEqual(draw(5));
});
