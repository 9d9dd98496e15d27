// How a chain expansion -> depthwise -> projection goes over an image: channels in blocks, rows in bands.
import type { VectorDescription } from '@nasc/c-emit';
import type { DepthwiseShape } from './depthwise-rows.ts';
import { panelSizes, vectorsOf } from './pack.ts';
import { pickExpansionTile } from './tiles.ts';
import type { Tile } from './tiles.ts';

export interface StreamPlan {
  /** Tile of the expansion; its vectors are a block of channels. */
  readonly tile: Tile;
  /** Vectors of each block of channels. */
  readonly sizes: readonly number[];
  /** Output rows that are projected together; divides the height. */
  readonly band: number;
  /** Output rows for which rows are expanded at once; the last ones of a band may be fewer. */
  readonly step: number;
  /** Expanded rows that are kept; a row's slot is its number modulo this. */
  readonly slots: number;
  /** Floats of the ring of one block. */
  readonly ringElements: number;
}

/** Floats of a block's ring that leave room for what else is used with it in the first cache. */
const ringLimit = 8192;

/** Output pixels that are projected together, and pixels that are expanded together: whole tiles. More are no faster. */
const bandPixels = 56;
const stepPixels = 28;

const largestDivisor = (value: number, most: number): number => {
  for (let divisor = Math.min(value, most); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
};

/** `wholeRows`: the producer goes row by row; else rows that follow each other in the ring are one run of pixels. */
export const planStream = (
  shape: DepthwiseShape,
  vector: VectorDescription,
  { projected, wholeRows }: { readonly projected: boolean; readonly wholeRows: boolean },
): StreamPlan => {
  const { kernel, stride, width, height, channels, outputHeight, outputWidth } = shape;
  const band = projected ? largestDivisor(outputHeight, Math.max(1, Math.round(bandPixels / outputWidth))) : outputHeight;
  const step = Math.min(band, Math.max(1, Math.round(stepPixels / (width * stride))));
  const slots = Math.min(height, (step - 1) * stride + kernel);
  const vectors = vectorsOf(channels, vector.lanes);
  const most = Math.max(1, Math.floor(ringLimit / (slots * width * vector.lanes)));
  const tile = pickExpansionTile(width, wholeRows ? width : width * step * stride, vectors, most, vector);
  const sizes = panelSizes(vectors, tile.vectors);
  return { tile, sizes, band, step, slots, ringElements: slots * width * tile.vectors * vector.lanes };
};
