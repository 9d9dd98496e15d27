import { expect, test } from 'vitest';
import { drawBox, randomWindow } from './random-resized-crop.ts';

const count = 4000;
const keyOf = (index: number) => ({ seed: 9, stream: 'test', epoch: 2, index });
type Crop = Parameters<typeof drawBox>[0];

/** Kolmogorov's distance of values from uniform ones in 0..1, times sqrt(n): 1.95 is exceeded once in a thousand. */
const distanceFromUniform = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.max(...sorted.map((value, i) => Math.abs(value - (i + 0.5) / sorted.length))) * Math.sqrt(sorted.length);
};

test('where every rectangle fits, area and log ratio and place are uniform', () => {
  const crop: Crop = { scale: [0.2, 0.6], ratio: [0.8, 1.25] };
  const source = { height: 1500, width: 1500 };
  const boxes = Array.from({ length: count }, (_, index) => drawBox(crop, source, keyOf(index)));
  expect(distanceFromUniform(boxes.map(({ height, width }) => ((height * width) / 1500 ** 2 - 0.2) / 0.4))).toBeLessThan(1.95);
  expect(distanceFromUniform(boxes.map(({ height, width }) => Math.log(width / height / 0.8) / Math.log(1.25 / 0.8)))).toBeLessThan(1.95);
  expect(distanceFromUniform(boxes.map(({ top, height }) => (top + 0.5) / (1501 - height)))).toBeLessThan(1.95);
  expect(distanceFromUniform(boxes.map(({ left, width }) => (left + 0.5) / (1501 - width)))).toBeLessThan(1.95);
});

test('the published range: boxes lie inside, and their mean area is that of the draws that fit', () => {
  const crop: Crop = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] };
  const source = { height: 375, width: 500 };
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < count; index++) {
    const { top, left, height, width } = drawBox(crop, source, keyOf(index));
    expect([top, left, 375 - top - height, 500 - left - width].every((distance) => distance >= 0)).toBe(true);
    const share = (height * width) / (375 * 500);
    sum += share;
    squares += share * share;
  }
  // E[area | fits] by the midpoint rule over area and log ratio.
  let [fitting, areas] = [0, 0];
  for (let i = 0; i < 500; i++) {
    for (let j = 0; j < 500; j++) {
      const area = 0.08 + (0.92 * (i + 0.5)) / 500;
      const ratio = 0.75 * (16 / 9) ** ((j + 0.5) / 500);
      if (Math.sqrt(area * 375 * 500 * ratio) > 500.5 || Math.sqrt((area * 375 * 500) / ratio) > 375.5) continue;
      fitting++;
      areas += area;
    }
  }
  const mean = sum / count;
  const error = Math.sqrt((squares / count - mean * mean) / count);
  expect(Math.abs(mean - areas / fitting)).toBeLessThan(4 * error);
});

test.each([
  ['very wide', { height: 10, width: 1000 }, { top: 0, left: 493, height: 10, width: 13 }],
  ['very tall', { height: 1001, width: 10 }, { top: 494, left: 0, height: 13, width: 10 }],
  ['one pixel', { height: 1, width: 1 }, { top: 0, left: 0, height: 1, width: 1 }],
  ['of a ratio that is allowed', { height: 4000, width: 5000 }, { top: 0, left: 0, height: 4000, width: 5000 }],
])('where nothing fits, the centre is taken: %s', (_, source, expected) => {
  for (let index = 0; index < 20; index++) {
    expect(drawBox({ scale: [1, 1], ratio: [3 / 4, 4 / 3] }, source, keyOf(index))).toEqual(expected);
  }
});

test('the window shows the rectangle as the whole output', () => {
  const crop: Crop = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] };
  const source = { height: 61, width: 83 };
  const box = drawBox(crop, source, keyOf(5));
  expect(randomWindow(crop, source, { height: 32, width: 16 }, keyOf(5))).toEqual({
    top: box.top,
    left: box.left,
    scaleY: box.height / 32,
    scaleX: box.width / 16,
  });
});
