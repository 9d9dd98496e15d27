import { expect, test } from 'vitest';
import { sampleRounds } from './sample-rounds.ts';

test('every candidate of every choice is seen in every round, and rounds differ', () => {
  const counts = [7, 1, 3, 6];
  const networks = sampleRounds(counts, 4, 0);
  expect(networks).toHaveLength(28);
  for (let round = 0; round < 4; round++) {
    const shown = networks.slice(round * 7, round * 7 + 7);
    counts.forEach((count, choice) => {
      expect(new Set(shown.map((network) => network[choice]))).toEqual(new Set(Array.from({ length: count }, (_, index) => index)));
    });
  }
  expect(networks.slice(0, 7)).not.toEqual(networks.slice(7, 14));
  expect(sampleRounds([], 2, 1)).toEqual([[], []]);
});
