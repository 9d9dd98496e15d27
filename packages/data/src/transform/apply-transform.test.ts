import { expect, test } from 'vitest';
import type { Raster } from '../dataset.ts';
import { normalisationTable } from '../normalisation.ts';
import { applyTransform } from './apply-transform.ts';
import { applyColourSteps } from './colour-jitter.ts';
import { evaluationTransform } from './evaluation-transform.ts';
import type { ImageTransform } from './image-transform.ts';
import { unmoved } from './image-transform.ts';
import { resample } from './resample.ts';

const imageOf = (height: number, width: number, channels: number): Raster => ({
  height,
  width,
  channels,
  pixels: Uint8Array.from({ length: height * width * channels }, (_, i) => (i * i + 7 * i) % 253),
});
const table = normalisationTable({ mean: [0.5, 0.25, 0.125], std: [0.25, 0.5, 0.125] });
const output = { height: 6, width: 5 };

const applied = (image: Raster, transform: ImageTransform): number[] => {
  const into = new Float32Array(2 + 90 + 3).fill(99);
  applyTransform(image, transform, output, table, into, 2);
  expect([...into.subarray(0, 2), ...into.subarray(92)]).toEqual([99, 99, 99, 99, 99]);
  return [...into.subarray(2, 92)];
};

test('an image that stays as it is: each byte through the table of its channel, bit for bit', () => {
  const image = imageOf(6, 5, 3);
  const expected = Array.from(image.pixels, (byte, i) =>
    Math.fround((byte / 255 - [0.5, 0.25, 0.125][i % 3]!) / [0.25, 0.5, 0.125][i % 3]!),
  );
  expect(applied(image, evaluationTransform(1, image, output))).toEqual(expected);
});

test.each([
  ['resampled', { top: 1, left: 2, scaleY: 11 / 6, scaleX: 9 / 5 }],
  ['cut', { top: 3, left: 4, scaleY: 1, scaleX: 1 }],
])('a part, %s, gets its colours, is moved, normalised, and loses a rectangle, in this order', (_, window) => {
  const image = imageOf(13, 12, 3);
  const original = image.pixels.slice();
  const colours = [
    { kind: 'saturation', amount: 1.4 },
    { kind: 'contrast', amount: 0.6 },
  ] as const;
  const picture = resample(image, window, output);
  applyColourSteps(picture, 3, colours);
  const expected: number[] = [];
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 5; x++) {
      // Mirrored, then moved up by 2 and right by 1.
      const [row, column] = [y + 2, 4 - x + 1];
      for (let c = 0; c < 3; c++) {
        const byte = row < 6 && column < 5 ? picture[(row * 5 + column) * 3 + c]! : 0;
        expected.push(y >= 1 && y < 3 && x >= 2 ? 0 : table[c * 256 + byte]!);
      }
    }
  }
  const placement = { flip: true, shiftY: 2, shiftX: 1 };
  expect(applied(image, { window, colours, placement, cutout: { top: 1, bottom: 3, left: 2, right: 5 } })).toEqual(expected);
  expect(image.pixels).toEqual(original);
});

test('a part that is only cut is read from where it is', () => {
  const image = imageOf(9, 11, 3);
  const window = { top: 2, left: 6, scaleY: 1, scaleX: 1 };
  const expected = Array.from(resample(image, window, output), (byte, i) => table[(i % 3) * 256 + byte]!);
  expect(applied(image, { window, colours: [], placement: unmoved })).toEqual(expected);
});
