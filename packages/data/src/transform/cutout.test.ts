import { expect, test } from 'vitest';
import { applyCutout, drawCutout } from './cutout.ts';

test.each([
  [4, 2],
  [3, 1],
])('side %i: the centre is any pixel, equally often, and the square is cut at the borders', (side, before) => {
  const seen = new Map<string, number>();
  for (let index = 0; index < 6000; index++) {
    const { top, bottom, left, right } = drawCutout(side, { height: 5, width: 6 }, { seed: 1, stream: 'test', epoch: 0, index });
    const key = [top, bottom, left, right].join();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const span = (centre: number, size: number): readonly [number, number] => [
    Math.max(0, centre - before),
    Math.min(size, centre - before + side),
  ];
  const expected = [0, 1, 2, 3, 4].flatMap((y) => [0, 1, 2, 3, 4, 5].map((x) => [...span(y, 5), ...span(x, 6)].join()));
  expect([...seen.keys()].toSorted()).toEqual(expected.toSorted());
  // 200 each, standard deviation 13.9.
  for (const times of seen.values()) expect(Math.abs(times - 200)).toBeLessThan(70);
});

test('fills the rectangle of all channels with 0 and nothing else', () => {
  const into = new Float32Array(2 + 3 * 4 * 2 + 1).fill(7);
  applyCutout({ top: 1, bottom: 3, left: 2, right: 4 }, 4, 2, into, 2);
  const row = [7, 7, 7, 7, 7, 7, 7, 7];
  const cut = [7, 7, 7, 7, 0, 0, 0, 0];
  expect([...into]).toEqual([7, 7, ...row, ...cut, ...cut, 7]);
});
