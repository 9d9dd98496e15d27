// Brightness, contrast, saturation and hue changed by random amounts in a random order, as torchvision's ColorJitter.
// Every step rounds to whole bytes, so that the normalisation's table applies after it.
import { Random } from '@nasc/random';
import type { RandomKey } from '@nasc/random';
import type { ColourJitter } from '../dataset.ts';
import type { ColourStep } from './image-transform.ts';

const kinds = ['brightness', 'contrast', 'saturation', 'hue'] as const;

/**
 * The steps of a key: factors uniform in [max(0, 1 - x), 1 + x], the hue's turn uniform in [-x, x] (1 is the whole circle).
 * All four amounts and the order of all four are drawn always; what is off is left out.
 */
export const drawColourSteps = (jitter: ColourJitter, key: RandomKey): readonly ColourStep[] => {
  const random = new Random(key);
  const steps = kinds.map((kind): ColourStep => {
    const range = jitter[kind] ?? 0;
    const lowest = kind === 'hue' ? -range : Math.max(0, 1 - range);
    const highest = kind === 'hue' ? range : 1 + range;
    return { kind, amount: lowest + (highest - lowest) * random.uniform() };
  });
  return Array.from(random.permutation(kinds.length), (position) => steps[position]!).filter(({ kind }) => (jitter[kind] ?? 0) > 0);
};

/** To the nearest byte. */
const toByte = (value: number): number => (value >= 255 ? 255 : value <= 0 ? 0 : (value + 0.5) | 0);

/** Luma of ITU-R BT.601 times 1000, whole numbers. */
const luma = (red: number, green: number, blue: number): number => 299 * red + 587 * green + 114 * blue;

/** Each byte v becomes factor * v + (1 - factor) * grey. */
const blendWithGrey = (pixels: Uint8Array, factor: number, grey: number): void => {
  const table = Uint8Array.from({ length: 256 }, (_, value) => toByte(factor * value + (1 - factor) * grey));
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i]!]!;
};

/** The mean luma of RGB, the mean of all bytes otherwise; sums of whole numbers, so in any order the same. */
const meanGrey = (pixels: Uint8Array, channels: number): number => {
  let sum = 0;
  if (channels === 3) {
    for (let i = 0; i < pixels.length; i += 3) sum += luma(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!);
    return sum / (1000 * (pixels.length / 3));
  }
  for (let i = 0; i < pixels.length; i++) sum += pixels[i]!;
  return sum / pixels.length;
};

/** Each pixel becomes factor * pixel + (1 - factor) * its luma. */
const saturate = (pixels: Uint8Array, factor: number): void => {
  const towardsGrey = (1 - factor) / 1000;
  for (let i = 0; i < pixels.length; i += 3) {
    const red = pixels[i]!;
    const green = pixels[i + 1]!;
    const blue = pixels[i + 2]!;
    const grey = towardsGrey * luma(red, green, blue);
    pixels[i] = toByte(factor * red + grey);
    pixels[i + 1] = toByte(factor * green + grey);
    pixels[i + 2] = toByte(factor * blue + grey);
  }
};

/** `position` on a circle of circumference `round`, from -round..2 * round, in 0..round. */
const onCircle = (position: number, round: number): number =>
  position >= round ? position - round : position < 0 ? position + round : position;

/** By how much a channel is below the value: max(0, min(chroma, k, 4 * chroma - k)). */
const below = (chroma: number, k: number): number => (k < chroma ? k : k < 3 * chroma ? chroma : k < 4 * chroma ? 4 * chroma - k : 0);

/**
 * Turns the hue of HSV: with value V = max, chroma C = max - min and hue H in sixths of the circle (red 0, green 2, blue 4),
 * each channel is V - C * max(0, min(1, k, 4 - k)), k = (n + H) mod 6, n = 5, 3, 1 for red, green, blue. Here H and k are
 * in units of 1 / C, which saves the divisions.
 */
const turnHue = (pixels: Uint8Array, turn: number): void => {
  for (let i = 0; i < pixels.length; i += 3) {
    const red = pixels[i]!;
    const green = pixels[i + 1]!;
    const blue = pixels[i + 2]!;
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0) continue;
    const hue = value === red ? green - blue : value === green ? 2 * chroma + blue - red : 4 * chroma + red - green;
    const round = 6 * chroma;
    const turned = onCircle(hue + round * turn, round);
    pixels[i] = toByte(value - below(chroma, onCircle(turned + 5 * chroma, round)));
    pixels[i + 1] = toByte(value - below(chroma, onCircle(turned + 3 * chroma, round)));
    pixels[i + 2] = toByte(value - below(chroma, onCircle(turned + chroma, round)));
  }
};

/**
 * Changes `pixels` [H, W, C] in place. With v a byte and f the amount:
 * brightness f * v; contrast f * v + (1 - f) * mean luma; saturation f * v + (1 - f) * luma of the pixel; hue a turn of HSV.
 * Saturation and hue are of RGB: images of other channel counts stay as they are.
 */
export const applyColourSteps = (pixels: Uint8Array, channels: number, steps: readonly ColourStep[]): void => {
  for (const { kind, amount } of steps) {
    if (kind === 'brightness') blendWithGrey(pixels, amount, 0);
    else if (kind === 'contrast') blendWithGrey(pixels, amount, meanGrey(pixels, channels));
    else if (channels === 3 && kind === 'saturation') saturate(pixels, amount);
    else if (channels === 3) turnHue(pixels, amount);
  }
};
