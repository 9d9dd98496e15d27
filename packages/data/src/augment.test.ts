import { expect, test } from 'vitest';
import { drawPlacement, writeImage } from './augment.ts';
import { normalisationTable } from './normalisation.ts';

const shape = { height: 3, width: 5, channels: 2 };
const bytes = Uint8Array.from({ length: 30 }, (_, i) => 8 * i + 1);
const table = normalisationTable({ mean: [0.1, 0.3], std: [0.5, 0.25] });

/** The image padded with `pad` zeros on each side as a nested list, cut at (top, left), mirrored: as the transformation is defined. */
const reference = (pad: number, top: number, left: number, flip: boolean): number[] => {
  const pixel = (y: number, x: number, c: number): number => (y < 0 || y >= 3 || x < 0 || x >= 5 ? 0 : bytes[(y * 5 + x) * 2 + c]!);
  const mirrored = (y: number, x: number, c: number): number => (x < 0 || x >= 5 ? 0 : pixel(y, flip ? 4 - x : x, c));
  const padded = Array.from({ length: 3 + 2 * pad }, (_, y) =>
    Array.from({ length: 5 + 2 * pad }, (_, x) => [0, 1].map((c) => mirrored(y - pad, x - pad, c))),
  );
  const cut = padded.slice(top, top + 3).map((row) => row.slice(left, left + 5));
  return cut.flat(2);
};

test('every shift, mirrored or not, is the padded image cut at that place', () => {
  for (const pad of [0, 1, 6]) {
    for (let shiftY = -pad; shiftY <= pad; shiftY++) {
      for (let shiftX = -pad; shiftX <= pad; shiftX++) {
        for (const flip of [false, true]) {
          const written = new Float32Array(32).fill(99);
          // A mirrored image moves the other way.
          writeImage(shape, bytes, 0, { flip, shiftY, shiftX }, table, written, 1);
          const expected = reference(pad, pad + shiftY, pad + (flip ? -shiftX : shiftX), flip).map(
            (byte, i) => table[(i % 2) * 256 + byte]!,
          );
          expect([...written]).toEqual([99, ...expected, 99]);
        }
      }
    }
  }
});

test('a placement is a function of its key, spread evenly over mirrors and shifts', () => {
  const draw = (index: number, augmentation = { flip: true, crop: 2 }) =>
    drawPlacement(augmentation, { seed: 3, stream: 'test', epoch: 1, index });
  expect(draw(17)).toEqual(draw(17));
  const shifts = new Map<string, number>();
  let flips = 0;
  for (let index = 0; index < 5000; index++) {
    const { flip, shiftY, shiftX } = draw(index);
    flips += Number(flip);
    shifts.set(`${shiftY},${shiftX}`, (shifts.get(`${shiftY},${shiftX}`) ?? 0) + 1);
  }
  expect(shifts.size).toBe(25);
  // Binomial with p = 1/25: 200 +- 5 standard deviations of 13.9.
  for (const count of shifts.values()) expect(Math.abs(count - 200)).toBeLessThan(70);
  expect(Math.abs(flips - 2500)).toBeLessThan(180);
  expect(draw(4, { flip: false, crop: 2 })).toEqual({ ...draw(4), flip: false });
  expect(draw(4, { flip: false, crop: 0 })).toEqual({ flip: false, shiftY: 0, shiftX: 0 });
});
