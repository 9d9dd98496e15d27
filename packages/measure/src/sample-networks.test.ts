import { expect, test } from 'vitest';
import { sampleNetworks } from './sample-networks.ts';

const draw = (candidateCounts: readonly number[], count: number, seed: number) =>
  sampleNetworks(candidateCounts, count, { seed, stream: 'test' });

test('every candidate of every choice is shown equally often, however soon one stops', () => {
  const candidateCounts = [7, 8, 1];
  const networks = draw(candidateCounts, 100, 5);
  expect(networks).toHaveLength(100);
  for (const shown of [networks, networks.slice(0, 8), networks.slice(0, 41)]) {
    for (const [choice, candidates] of candidateCounts.entries()) {
      const counts = Array.from({ length: candidates }, (_, candidate) => shown.filter((network) => network[choice] === candidate).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  }
});

test('the seed and the epoch decide the order', () => {
  const networks = draw([7, 8, 1], 100, 5);
  expect(draw([7, 8, 1], 100, 5)).toEqual(networks);
  expect(draw([7, 8, 1], 100, 6)).not.toEqual(networks);
  expect(sampleNetworks([7, 8, 1], 100, { seed: 5, stream: 'test', epoch: 1 })).not.toEqual(networks);
});

test('choices are drawn independently of each other', () => {
  const together = draw([4, 4], 400, 0).filter(([a, b]) => a === b).length;
  expect(together).toBeGreaterThan(60);
  expect(together).toBeLessThan(140);
});

test('a space without choices has one network, as often as wanted', () => {
  expect(draw([], 2, 1)).toEqual([[], []]);
});
