import { expect, test } from 'vitest';
import { oneHotTargets } from './one-hot-targets.ts';

test('one-hot, and one-hot * (1 - e) + e / C', () => {
  const labels = Uint16Array.of(2, 0);
  expect([...oneHotTargets(labels, 4)]).toEqual([0, 0, 1, 0, 1, 0, 0, 0]);
  expect(oneHotTargets(labels, 4, 0.125)).toEqual(Float32Array.of(1 / 32, 1 / 32, 29 / 32, 1 / 32, 29 / 32, 1 / 32, 1 / 32, 1 / 32));
});
