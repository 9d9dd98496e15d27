import { expect, test } from 'vitest';
import { applyTransform } from './apply-transform.ts';
import { evaluationTransform } from './evaluation-transform.ts';
import { resample } from './resample.ts';

const square = (size: number) => ({ height: size, width: size });

test('a share of 0.875 is resizing the shorter side to 256 and cropping 224 in the centre', () => {
  // 500 x 375: the scale is 375 / 256, of which the crop takes 224 in the middle.
  const { window } = evaluationTransform(0.875, { height: 375, width: 500 }, square(224));
  expect(window.scaleY).toBe(375 / 256);
  expect(window.scaleX).toBe(375 / 256);
  expect(window.top).toBeCloseTo((375 * 16) / 256, 9);
  expect(window.left).toBeCloseTo(250 - (112 * 375) / 256, 9);
});

test('an image that is resized already is cut only', () => {
  const source = { height: 8, width: 12 };
  const { window } = evaluationTransform(0.5, source, square(4));
  expect(window).toEqual({ top: 2, left: 4, scaleY: 1, scaleX: 1 });
  const pixels = Uint8Array.from({ length: 96 }, (_, i) => i);
  const table = Float32Array.from({ length: 256 }, (_, value) => value);
  const into = new Float32Array(16);
  applyTransform({ ...source, channels: 1, pixels }, evaluationTransform(0.5, source, square(4)), square(4), table, into, 0);
  expect([...into]).toEqual([2, 3, 4, 5].flatMap((y) => [4, 5, 6, 7].map((x) => y * 12 + x)));
});

test('a crop is the middle of what the whole resized image would be', () => {
  const image = { height: 30, width: 21, channels: 1, pixels: Uint8Array.from({ length: 630 }, (_, i) => (i * i) % 251) };
  const whole = resample(image, { top: 0, left: 0, scaleY: 21 / 14, scaleX: 21 / 14 }, { height: 20, width: 14 });
  const { window } = evaluationTransform(10 / 14, image, square(10));
  const expected = Array.from({ length: 100 }, (_, i) => whole[(5 + Math.floor(i / 10)) * 14 + 2 + (i % 10)]);
  expect([...resample(image, window, square(10))]).toEqual(expected);
});

test('other proportions: all that fits of the output is shown with a share of 1', () => {
  expect(evaluationTransform(1, { height: 20, width: 20 }, { height: 5, width: 10 }).window).toEqual({
    top: 5,
    left: 0,
    scaleY: 2,
    scaleX: 2,
  });
});
