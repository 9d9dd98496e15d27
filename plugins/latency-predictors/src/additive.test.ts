import { expect, test } from 'vitest';
import { networkMs, withoutNegatives } from './additive.ts';
import type { Additive } from './additive.ts';

const networks = [0, 1].flatMap((first) => [0, 1, 2].map((second) => [first, second]));
const partsOf = ({ choices, fixed, call }: Additive) => [...choices.flat(), ...fixed, call];

test.each<[string, Additive]>([
  [
    'a candidate',
    {
      choices: [
        [-1, 2],
        [3, -2, 0],
      ],
      fixed: [4],
      call: 1,
    },
  ],
  [
    'a unit',
    {
      choices: [
        [1, 2],
        [3, 2, 0],
      ],
      fixed: [4, -2],
      call: 1,
    },
  ],
  [
    'the call, paid by units',
    {
      choices: [
        [1, 2],
        [3, 2, 0],
      ],
      fixed: [4, 1],
      call: -3,
    },
  ],
  [
    'the call, paid by units and by what candidates have in common',
    {
      choices: [
        [2, 5],
        [3, 2, 4],
      ],
      fixed: [1],
      call: -4,
    },
  ],
])('%s below zero: no part is, and every network costs the same', (_, parts) => {
  const lifted = withoutNegatives(parts);
  expect(Math.min(...partsOf(lifted))).toBeGreaterThanOrEqual(0);
  for (const network of networks) expect(networkMs(lifted, network)).toBeCloseTo(networkMs(parts, network), 12);
});

test('what has no negative part stays as it is', () => {
  const parts = {
    choices: [
      [1, 2],
      [3, 0, 1],
    ],
    fixed: [4],
    call: 0,
  };
  expect(withoutNegatives(parts)).toEqual(parts);
});

test('less than nothing becomes nothing: the fastest network is free, and others cost what they cost more', () => {
  const lifted = withoutNegatives({
    choices: [
      [1, 2],
      [3, 0, 1],
    ],
    fixed: [1],
    call: -5,
  });
  expect(Math.min(...partsOf(lifted))).toBeGreaterThanOrEqual(0);
  expect(networks.map((network) => networkMs(lifted, network))).toEqual([3, 0, 1, 4, 1, 2]);
});
