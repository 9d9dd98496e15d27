import { expect, test } from 'vitest';
import { normalisationTable } from '../normalisation.ts';
import { drawPlacement, placePicture } from './flip-and-crop.ts';

const output = { height: 3, width: 5 };
const table = normalisationTable({ mean: [0.1, 0.3], std: [0.5, 0.25] });
/** 3 x 5 pixels of 2 channels, at row 1 and column 2 of an image of 6 x 8. */
const picture = { bytes: Uint8Array.from({ length: 96 }, (_, i) => (37 * i + 1) % 256), channels: 2, from: 20, pitch: 16 };

/** The picture padded with `pad` zeros on each side as a nested list, cut at (top, left), mirrored: as the transformation is defined. */
const reference = (pad: number, top: number, left: number, flip: boolean): number[] => {
  const pixel = (y: number, x: number, c: number): number =>
    y < 0 || y >= 3 || x < 0 || x >= 5 ? 0 : picture.bytes[((y + 1) * 8 + x + 2) * 2 + c]!;
  const mirrored = (y: number, x: number, c: number): number => (x < 0 || x >= 5 ? 0 : pixel(y, flip ? 4 - x : x, c));
  const padded = Array.from({ length: 3 + 2 * pad }, (_, y) =>
    Array.from({ length: 5 + 2 * pad }, (_, x) => [0, 1].map((c) => mirrored(y - pad, x - pad, c))),
  );
  const cut = padded.slice(top, top + 3).map((row) => row.slice(left, left + 5));
  return cut.flat(2);
};

test('every shift, mirrored or not, is the padded picture cut at that place', () => {
  for (const pad of [0, 1, 6]) {
    for (let shiftY = -pad; shiftY <= pad; shiftY++) {
      for (let shiftX = -pad; shiftX <= pad; shiftX++) {
        for (const flip of [false, true]) {
          const written = new Float32Array(32).fill(99);
          // A mirrored picture moves the other way.
          placePicture(picture, output, { flip, shiftY, shiftX }, table, written, 1);
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
  const draw = (index: number, flip = true, crop = 2) => drawPlacement(flip, crop, { seed: 3, stream: 'test', epoch: 1, index });
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
  expect(draw(4, false)).toEqual({ ...draw(4), flip: false });
  expect(draw(4, false, 0)).toEqual({ flip: false, shiftY: 0, shiftX: 0 });
});

test('the placements of a key are what they always were: a training that is repeated sees the same images', () => {
  const draws = [0, 1, 2, 3, 50_000].map((index) => drawPlacement(true, 4, { seed: 3, stream: 'warmup.augment', epoch: 1, index }));
  expect(draws).toEqual([
    { flip: false, shiftY: -1, shiftX: 3 },
    { flip: true, shiftY: 2, shiftX: -4 },
    { flip: false, shiftY: 2, shiftX: 1 },
    { flip: true, shiftY: 1, shiftX: 1 },
    { flip: false, shiftY: -3, shiftX: -1 },
  ]);
});
