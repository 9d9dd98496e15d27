import { expect, it } from 'vitest';
import { sampleNetworks } from './sample-networks.ts';

it('shows every candidate of every choice equally often, in an order that the seed decides', () => {
  const networks = sampleNetworks([7, 8, 1], 100, 5);
  expect(networks).toHaveLength(100);
  for (const [choice, size] of [7, 8, 1].entries()) {
    const counts = Array.from({ length: size }, (_, candidate) => networks.filter((network) => network[choice] === candidate).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
  expect(sampleNetworks([7, 8, 1], 100, 5)).toEqual(networks);
  expect(sampleNetworks([7, 8, 1], 100, 6)).not.toEqual(networks);
});

it('draws choices independently of each other', () => {
  const networks = sampleNetworks([4, 4], 400, 0);
  const together = networks.filter(([a, b]) => a === b).length;
  expect(together).toBeGreaterThan(60);
  expect(together).toBeLessThan(140);
});
