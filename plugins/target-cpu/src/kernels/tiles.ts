// Sizes of the register tiles, from the shapes and the registers of the target; and the tiles of a row of pixels.
import type { VectorDescription } from '@nasc/c-emit';

export interface Tile {
  /** Output pixels. */
  readonly pixels: number;
  /** Vectors of output channels. */
  readonly vectors: number;
  /** Output pixels where only the vectors that are left over after panels of `vectors` are worked on. */
  readonly restPixels: number;
}

/** Registers left for sums: the rest holds weights (one a vector) and a broadcast input. */
const sums = (vector: VectorDescription, vectors: number): number =>
  Math.min(vector.registers >= 32 ? 28 : 12, vector.registers - vectors - (vector.registers >= 32 ? 0 : 1));

/** Pixels of a tile with `vectors` vectors: fewest pixels computed twice, then fewest loads per multiply-add. */
const pickPixels = (
  pixels: number,
  vectors: number,
  vector: VectorDescription,
  most = pixels,
): { readonly pixels: number; readonly cost: number } => {
  let best = { pixels: 1, cost: Number.POSITIVE_INFINITY };
  for (let tile = Math.min(most, Math.floor(sums(vector, vectors) / vectors)); tile >= 1; tile--) {
    const waste = (Math.ceil(pixels / tile) * tile) / pixels;
    const loads = (tile + vectors) / (tile * vectors);
    // Two multiply-adds a cycle of latency four need eight independent sums.
    const latency = Math.max(1, 8 / (tile * vectors));
    const cost = waste * latency * (1 + 0.35 * loads);
    if (cost < best.cost - 1e-9) best = { pixels: tile, cost };
  }
  return best;
};

/** The tile of a matrix product [pixels, ...] x [..., vectors]. */
export const pickTile = (pixels: number, vectors: number, vector: VectorDescription): Tile => {
  let best: (Tile & { readonly cost: number }) | undefined;
  for (const size of [4, 3, 2, 1, ...(pixels < 4 ? [8, 7, 6, 5] : [])]) {
    if (size > vectors) continue;
    const rest = vectors % size;
    const main = pickPixels(pixels, size, vector);
    const last = rest > 0 ? pickPixels(pixels, rest, vector) : { pixels: 1, cost: 0 };
    const cost = (main.cost * (vectors - rest) + last.cost * rest) / vectors;
    if (!best || cost < best.cost - 1e-9) best = { pixels: main.pixels, vectors: size, restPixels: last.pixels, cost };
  }
  const { cost: _, ...tile } = best!;
  return tile;
};

/** The same tile where runs of pixels are shared out: pixels of the vectors that are left over are whole tiles, too. */
export const alignRest = (tile: Tile, vectors: number, vector: VectorDescription): Tile => {
  const rest = vectors % tile.vectors;
  if (rest === 0) return { ...tile, restPixels: tile.pixels };
  const most = Math.floor(sums(vector, rest) / rest / tile.pixels);
  return { ...tile, restPixels: tile.pixels * Math.max(1, most) };
};

/**
 * The same for rows of `width` pixels that are worked on in runs of `run`, where at most `most` vectors should be worked on at once, and
 * vectors that are left over cost a pass of their own. A run may be as short as a row: no tile is longer.
 */
export const pickExpansionTile = (width: number, run: number, vectors: number, most: number, vector: VectorDescription): Tile => {
  let best: (Tile & { readonly cost: number }) | undefined;
  for (let size = Math.min(most, vectors, vector.registers >= 32 ? 6 : 3); size >= 1; size--) {
    const rest = vectors % size;
    const main = pickPixels(run, size, vector, width);
    const last = rest > 0 ? pickPixels(run, rest, vector, width) : { pixels: 1, cost: 0 };
    const cost = (main.cost * (vectors - rest) + last.cost * rest) / vectors;
    if (!best || cost < best.cost - 1e-9) best = { pixels: main.pixels, vectors: size, restPixels: last.pixels, cost };
  }
  const { cost: _, ...tile } = best!;
  return tile;
};

/** Pixels of a depthwise tile: sums share the registers with one row of taps and an input. */
export const pickRowTile = (width: number, kernel: number, vector: VectorDescription): number => {
  const most = Math.min(width, 16, vector.registers - kernel - 2);
  let best = { tile: 1, cost: Number.POSITIVE_INFINITY };
  for (let tile = most; tile >= 1; tile--) {
    const cost = ((Math.ceil(width / tile) * tile) / width) * (1 + (0.5 * (kernel - 1)) / (tile * kernel)) * Math.max(1, 7 / tile);
    if (cost < best.cost - 1e-9) best = { tile, cost };
  }
  return best.tile;
};

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** One tile, or a run of equal tiles, of an output row. */
export interface RowTile {
  /** First output column. */
  readonly from: number;
  /** Past the last start; tiles begin at from, from + size, ... */
  readonly to: number;
  /** Input columns of the tile that are inside the image, counted from the tile's first: [left, right). */
  readonly left: number;
  readonly right: number;
}

/**
 * Tiles that cover a row of `outputWidth` columns: border tiles with their own limits, and a run of interior ones that
 * need no check. The last tile is moved back to end with the row: what it computes twice has the same value.
 */
export const rowTiles = (
  outputWidth: number,
  inputWidth: number,
  { kernel, stride, padding }: Window,
  tile: number,
): readonly RowTile[] => {
  const span = stride * (tile - 1) + kernel;
  const limits = (from: number) => {
    const start = from * stride - padding;
    return { left: Math.max(0, -start), right: Math.min(span, inputWidth - start) };
  };
  const tiles: RowTile[] = [];
  let from = 0;
  while (from < outputWidth) {
    const start = Math.min(from, outputWidth - tile);
    const limit = limits(start);
    const previous = tiles.at(-1);
    const interior = limit.left === 0 && limit.right === span && start === from;
    if (interior && previous && previous.left === 0 && previous.right === span && previous.to === from) {
      tiles[tiles.length - 1] = { ...previous, to: from + tile };
    } else {
      tiles.push({ from: start, to: start + tile, ...limit });
    }
    from = start + tile;
  }
  return tiles;
};
