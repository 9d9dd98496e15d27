import { Random } from '@nasc/random';
import { expect, test } from 'vitest';
import { applyColourSteps, drawColourSteps } from './colour-jitter.ts';
import type { ColourStep } from './image-transform.ts';

const changed = (pixels: readonly number[], channels: number, ...steps: ColourStep[]): number[] => {
  const bytes = Uint8Array.from(pixels);
  applyColourSteps(bytes, channels, steps);
  return [...bytes];
};

// Luma of (100, 150, 200): 29.9 + 88.05 + 22.8 = 140.75.
const colour = [100, 150, 200];

test('brightness is a factor, cut off at white', () => {
  expect(changed(colour, 3, { kind: 'brightness', amount: 1.5 })).toEqual([150, 225, 255]);
  expect(changed(colour, 3, { kind: 'brightness', amount: 0.33 })).toEqual([33, 50, 66]);
  expect(changed(colour, 3, { kind: 'brightness', amount: 0 })).toEqual([0, 0, 0]);
});

test('contrast blends with the mean luma of the image, a grey image with its mean', () => {
  // Mean luma of the colour and black: 70.375.
  expect(changed([...colour, 0, 0, 0], 3, { kind: 'contrast', amount: 0.5 })).toEqual([85, 110, 135, 35, 35, 35]);
  expect(changed([0, 100, 200, 20], 1, { kind: 'contrast', amount: 2 })).toEqual([0, 120, 255, 0]);
  expect(changed([0, 100, 200, 20], 1, { kind: 'contrast', amount: 0 })).toEqual([80, 80, 80, 80]);
});

test('saturation blends each pixel with its own luma', () => {
  expect(changed([...colour, 7, 7, 7], 3, { kind: 'saturation', amount: 0.5 })).toEqual([120, 145, 170, 7, 7, 7]);
  expect(changed(colour, 3, { kind: 'saturation', amount: 1.5 })).toEqual([80, 155, 230]);
  expect(changed(colour, 3, { kind: 'saturation', amount: 0 })).toEqual([141, 141, 141]);
});

test('hue turns the colour circle and leaves grey', () => {
  const red = [200, 0, 0];
  expect(changed(red, 3, { kind: 'hue', amount: 1 / 3 })).toEqual([0, 200, 0]);
  expect(changed(red, 3, { kind: 'hue', amount: -1 / 3 })).toEqual([0, 0, 200]);
  expect(changed(red, 3, { kind: 'hue', amount: 0.5 })).toEqual([0, 200, 200]);
  expect(changed(red, 3, { kind: 'hue', amount: -0.5 })).toEqual([0, 200, 200]);
  // 210 degrees, turned by 90: magenta.
  expect(changed([...colour, 9, 9, 9], 3, { kind: 'hue', amount: 0.25 })).toEqual([200, 100, 200, 9, 9, 9]);
});

/** HSV by the table of its six sectors. */
const turnedHue = ([r, g, b]: readonly number[], turn: number): number[] => {
  const high = Math.max(r!, g!, b!);
  const chroma = high - Math.min(r!, g!, b!);
  if (chroma === 0) return [r!, g!, b!];
  const [rc, gc, bc] = [r, g, b].map((value) => (high - value!) / chroma) as [number, number, number];
  const hue = r === high ? bc - gc : g === high ? 2 + rc - bc : 4 + gc - rc;
  const turned = (((hue / 6 + turn) % 1) + 1) % 1;
  const sector = Math.floor(turned * 6);
  const fraction = turned * 6 - sector;
  const [low, falling, rising] = [high - chroma, high - chroma * fraction, high - chroma * (1 - fraction)];
  const sectors = [
    [high, rising, low],
    [falling, high, low],
    [low, high, rising],
    [low, falling, high],
    [rising, low, high],
    [high, low, falling],
  ];
  return sectors[sector % 6]!;
};

test('hue agrees with HSV by its sectors on random colours', () => {
  const random = new Random({ seed: 1, stream: 'test' });
  for (let i = 0; i < 2000; i++) {
    const pixel = [random.integer(256), random.integer(256), random.integer(256)];
    const amount = random.uniform() - 0.5;
    const expected = turnedHue(pixel, amount);
    for (const [c, byte] of changed(pixel, 3, { kind: 'hue', amount }).entries()) {
      expect(Math.abs(byte - expected[c]!)).toBeLessThan(0.5 + 1e-6);
    }
    expect(changed(pixel, 3, { kind: 'hue', amount: 0 })).toEqual(pixel);
  }
});

test('steps follow each other in their order, each rounded to bytes', () => {
  const brighter: ColourStep = { kind: 'brightness', amount: 1.5 };
  const paler: ColourStep = { kind: 'saturation', amount: 0.5 };
  // (150, 225, 255): luma 205.995; and (120, 145, 170) times 1.5.
  expect(changed(colour, 3, brighter, paler)).toEqual([178, 215, 230]);
  expect(changed(colour, 3, paler, brighter)).toEqual([180, 218, 255]);
});

test('saturation and hue do nothing to images that are not RGB', () => {
  const steps: ColourStep[] = [
    { kind: 'saturation', amount: 0 },
    { kind: 'hue', amount: 0.3 },
  ];
  expect(changed([1, 90, 200], 1, ...steps)).toEqual([1, 90, 200]);
  expect(changed([1, 90, 200, 7], 2, ...steps)).toEqual([1, 90, 200, 7]);
});

test('amounts are uniform in their ranges, and all orders equally frequent', () => {
  const jitter = { brightness: 0.25, contrast: 0.5, saturation: 1, hue: 0.125 };
  const lowest = { brightness: 0.75, contrast: 0.5, saturation: 0, hue: -0.125 };
  const extent = { brightness: 0.5, contrast: 1, saturation: 2, hue: 0.25 };
  const count = 4800;
  const shares = { brightness: [], contrast: [], saturation: [], hue: [] } as Record<ColourStep['kind'], number[]>;
  const orders = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const steps = drawColourSteps(jitter, { seed: 2, stream: 'test', epoch: 3, index });
    for (const { kind, amount } of steps) shares[kind].push((amount - lowest[kind]) / extent[kind]);
    const order = steps.map(({ kind }) => kind).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  for (const values of Object.values(shares)) {
    const sorted = values.toSorted((a, b) => a - b);
    const distance = Math.max(...sorted.map((value, i) => Math.abs(value - (i + 0.5) / count)));
    // Kolmogorov's: 1.95 / sqrt(n) is exceeded once in a thousand.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
  }
  expect(orders.size).toBe(24);
  // 200 each, standard deviation 13.8.
  for (const times of orders.values()) expect(Math.abs(times - 200)).toBeLessThan(70);
});

test('what is off is left out, and what is on keeps its amounts and its order', () => {
  for (let index = 0; index < 30; index++) {
    const key = { seed: 5, stream: 'test', epoch: 0, index };
    const all = drawColourSteps({ brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.1 }, key);
    const two = drawColourSteps({ brightness: 0.2, contrast: 0, hue: 0.1 }, key);
    expect(two).toEqual(all.filter(({ kind }) => kind === 'brightness' || kind === 'hue'));
  }
  expect(drawColourSteps({}, { seed: 5, stream: 'test' })).toEqual([]);
});
