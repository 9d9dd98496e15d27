import { expect, test } from 'vitest';
import { sampleNetworks } from './sample-networks.ts';

test('every candidate of every choice is seen in every round', () => {
  const counts = [7, 1, 3, 6];
  const networks = sampleNetworks(counts, 4, 0);
  expect(networks).toHaveLength(28);
  for (let round = 0; round < 4; round++) {
    const shown = networks.slice(round * 7, round * 7 + 7);
    counts.forEach((count, choice) => {
      expect(new Set(shown.map((network) => network[choice]))).toEqual(new Set(Array.from({ length: count }, (_, index) => index)));
    });
  }
});

test('rounds differ, the same seed gives the same networks, and a space without choices has one network a round', () => {
  const networks = sampleNetworks([5, 5, 5], 2, 1);
  expect(networks.slice(0, 5)).not.toEqual(networks.slice(5));
  expect(sampleNetworks([5, 5, 5], 2, 1)).toEqual(networks);
  expect(sampleNetworks([5, 5, 5], 2, 2)).not.toEqual(networks);
  expect(sampleNetworks([], 2, 1)).toEqual([[], []]);
});
