// A window of an image at another resolution. Plain double arithmetic in a fixed order, so that every machine gets the
// same bytes; image libraries differ by a level or two between processors.
import type { Raster } from '../dataset.ts';
import type { Resolution, Window } from './image-transform.ts';

/** Weights of one axis: output o is the sum over i < counts[o] of weights[o * stride + i] * input[firsts[o] + i]. */
interface AxisTaps {
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
  /** A multiple of 4; weights beyond `counts` are 0. */
  readonly stride: number;
  readonly weights: Float64Array;
}

/**
 * Triangle filter (bilinear; widened by the scale when shrinking, so that nothing aliases): output pixel o sees the
 * input pixels around its centre c = start + (o + 1/2) * scale with weights max(0, 1 - |i + 1/2 - c| / max(1, scale)),
 * divided by their sum. Pixels outside the input have no weight; those outside the window but inside the input do, as if
 * the whole input had been resized and the window cut out then.
 */
const axisTaps = (inputSize: number, outputSize: number, start: number, scale: number): AxisTaps => {
  const support = Math.max(1, scale);
  const stride = 4 * Math.ceil((Math.ceil(2 * support) + 1) / 4);
  const firsts = new Int32Array(outputSize);
  const counts = new Int32Array(outputSize);
  const weights = new Float64Array(outputSize * stride);
  for (let output = 0; output < outputSize; output++) {
    const centre = start + (output + 0.5) * scale;
    const last = Math.min(inputSize, Math.ceil(centre + support));
    let first = Math.max(0, Math.floor(centre - support));
    while (first < last && Math.abs(first + 0.5 - centre) >= support) first++;
    let count = 0;
    let total = 0;
    for (let i = first; i < last; i++) {
      const weight = 1 - Math.abs(i + 0.5 - centre) / support;
      if (weight <= 0) break;
      weights[output * stride + count++] = weight;
      total += weight;
    }
    for (let i = 0; i < count; i++) weights[output * stride + i]! /= total;
    firsts[output] = first;
    counts[output] = count;
  }
  return { firsts, counts, stride, weights };
};

/** One row [W, C] of `pixels`, starting at `from`, made narrower (or wider): [outputs, C] into `into` from `to` on. */
const resampleRow = (pixels: Uint8Array, from: number, channels: number, taps: AxisTaps, into: Float64Array, to: number): void => {
  const { firsts, counts, stride, weights } = taps;
  if (channels === 3) {
    for (let output = 0; output < firsts.length; output++, to += 3) {
      let source = from + firsts[output]! * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      let i = output * stride;
      const end = i + counts[output]!;
      for (; i + 2 <= end; i += 2, source += 6) {
        const first = weights[i]!;
        const second = weights[i + 1]!;
        red = red + first * pixels[source]! + second * pixels[source + 3]!;
        green = green + first * pixels[source + 1]! + second * pixels[source + 4]!;
        blue = blue + first * pixels[source + 2]! + second * pixels[source + 5]!;
      }
      for (; i < end; i++, source += 3) {
        const weight = weights[i]!;
        red += weight * pixels[source]!;
        green += weight * pixels[source + 1]!;
        blue += weight * pixels[source + 2]!;
      }
      into[to] = red;
      into[to + 1] = green;
      into[to + 2] = blue;
    }
    return;
  }
  for (let output = 0; output < firsts.length; output++, to += channels) {
    for (let channel = 0; channel < channels; channel++) {
      let source = from + firsts[output]! * channels + channel;
      let sum = 0;
      const end = output * stride + counts[output]!;
      for (let i = output * stride; i < end; i++, source += channels) sum += weights[i]! * pixels[source]!;
      into[to + channel] = sum;
    }
  }
};

/** sums[x] += four weighted rows, one after the other: a pass over `sums` costs as much as a product. */
const addFourRows = (sums: Float64Array, ring: Float64Array, slots: Int32Array, row: number, weights: Float64Array, tap: number): void => {
  const a = slots[row]!;
  const b = slots[row + 1]!;
  const c = slots[row + 2]!;
  const d = slots[row + 3]!;
  const weightA = weights[tap]!;
  const weightB = weights[tap + 1]!;
  const weightC = weights[tap + 2]!;
  const weightD = weights[tap + 3]!;
  for (let x = 0; x < sums.length; x++) {
    sums[x] = sums[x]! + weightA * ring[a + x]! + weightB * ring[b + x]! + weightC * ring[c + x]! + weightD * ring[d + x]!;
  }
};

/** `image` [H, W, C] through `window` as [height, width, C], rounded to whole bytes. */
export const resample = (image: Raster, window: Window, { height, width }: Resolution): Uint8Array => {
  const { channels, pixels } = image;
  const rows = axisTaps(image.height, height, window.top, window.scaleY);
  const columns = axisTaps(image.width, width, window.left, window.scaleX);
  const line = width * channels;
  // Rows that the next output row still needs are kept: a ring, row y of the input in slot y % stride.
  const ring = new Float64Array(rows.stride * line);
  // Where weights are 0, any slot will do.
  const slots = new Int32Array(rows.stride);
  const resized = new Uint8Array(height * line);
  const sums = new Float64Array(line);
  let ready = 0;
  for (let y = 0; y < height; y++) {
    const first = rows.firsts[y]!;
    const count = rows.counts[y]!;
    for (let row = 0; row < count; row++) {
      slots[row] = ((first + row) % rows.stride) * line;
      if (first + row >= ready) resampleRow(pixels, (first + row) * image.width * channels, channels, columns, ring, slots[row]!);
    }
    ready = first + count;
    sums.fill(0);
    for (let row = 0; row < count; row += 4) addFourRows(sums, ring, slots, row, rows.weights, y * rows.stride + row);
    for (let x = 0, to = y * line; x < line; x++, to++) resized[to] = (sums[x]! + 0.5) | 0;
  }
  return resized;
};
