// Weights as the kernels read them: panels of vectors of output channels.
import type { Tile } from './tiles.ts';

/** Vectors that hold `channels`. */
export const vectorsOf = (channels: number, lanes: number): number => Math.ceil(channels / lanes);

/** Channels in the last vector. */
export const tailOf = (channels: number, lanes: number): number => channels - (vectorsOf(channels, lanes) - 1) * lanes;

/** Sizes of the panels that `vectors` are cut into: as many of `size` as there are, then the rest. */
export const panelSizes = (vectors: number, size: number): readonly number[] => {
  const full = Array.from({ length: Math.floor(vectors / size) }, () => size);
  return vectors % size > 0 ? [...full, vectors % size] : full;
};

/** Panels that are alike, in front, and the last one where it has fewer vectors, or a partial one: then it is written on its own. */
export const splitPanels = (
  sizes: readonly number[],
  tile: Tile,
  tail: number,
  lanes: number,
): { readonly looped: number; readonly rest?: { readonly vectors: number; readonly pixels: number } } => {
  const vectors = sizes.at(-1)!;
  if (tail === lanes && vectors === tile.vectors) return { looped: sizes.length };
  return { looped: sizes.length - 1, rest: { vectors, pixels: vectors === tile.vectors ? tile.pixels : tile.restPixels } };
};

/** Rows [rows, channels] as panels, one after the other: `[rows][size * lanes]` for each, 0 past the last channel. */
export const packPanels = (values: Float32Array, rows: number, channels: number, sizes: readonly number[], lanes: number): Float32Array => {
  const packed = new Float32Array(rows * sizes.reduce((a, b) => a + b, 0) * lanes);
  let offset = 0;
  let channel = 0;
  for (const size of sizes) {
    const count = Math.min(size * lanes, channels - channel);
    for (let row = 0; row < rows; row++, offset += size * lanes) {
      packed.set(values.subarray(row * channels + channel, row * channels + channel + count), offset);
    }
    channel += count;
  }
  return packed;
};

/** Arrays one after the other. */
export const joinArrays = (...arrays: readonly Float32Array[]): Float32Array => {
  const joined = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
};

/** Bias [channels] as whole vectors, then weights [rows, channels] in panels of `sizes`. */
export const packWithBias = (
  weight: Float32Array,
  bias: Float32Array,
  rows: number,
  channels: number,
  sizes: readonly number[],
  lanes: number,
): Float32Array =>
  joinArrays(packPanels(bias, 1, channels, [vectorsOf(channels, lanes)], lanes), packPanels(weight, rows, channels, sizes, lanes));
