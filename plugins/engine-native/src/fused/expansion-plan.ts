// How the work on an expansion is cut: items, rows that slide through scratch, and whether a shape suits it.
import type { OpView } from '@nasc/ir';
import { padded } from './normalisation.ts';
import { scratchFloats, windowOf } from './window.ts';

/** Channels that are expanded at once: NASC_EXPANSION_WIDTH. */
export const expandedWidth = 48;

/** Rows of the input that are summed in float: NASC_GRAM_ROWS. */
export const gramRows = 192;

/** Output rows at a time: more are worked on in longer runs, fewer stay in the second cache. */
const mostRows = 8;
const cachedFloats = 160 * 1024;

export interface ExpansionShape {
  readonly heightIn: number;
  readonly widthIn: number;
  readonly channelsIn: number;
  readonly channels: number;
  readonly heightOut: number;
  readonly widthOut: number;
  readonly kernel: number;
  readonly stride: number;
}

/** `nodes`: convolution, normalisation, activation, depthwise convolution, .... */
export const expansionShape = (nodes: readonly OpView[]): ExpansionShape => {
  const [convolution, , , depthwise] = nodes as [OpView, OpView, OpView, OpView];
  const [heightIn, widthIn, channelsIn] = convolution.inputs[0]!.shape as [number, number, number];
  const [heightOut, widthOut, channels] = depthwise.output.shape as [number, number, number];
  const { kernel, stride } = windowOf(depthwise.attributes);
  return { heightIn, widthIn, channelsIn, channels, heightOut, widthOut, kernel, stride };
};

/** Floats of scratch for so many output rows at a time, in the backward pass (which needs more than the forward one). */
const scratchFor = (band: number, { widthIn, widthOut, channelsIn, kernel, stride }: ExpansionShape): number => {
  const rowsIn = kernel + band * stride;
  const input = rowsIn * widthIn * padded(channelsIn);
  const activations = rowsIn * (widthIn + kernel) * expandedWidth;
  const arriving = (kernel + band) * (widthOut + kernel) * expandedWidth;
  const gradients = band * stride * widthIn * expandedWidth;
  const weights = expandedWidth * (2 * padded(channelsIn) + 1);
  return input + activations + arriving + gradients + weights;
};

/** Output rows at a time. */
export const expansionBand = (shape: ExpansionShape): number => {
  let band = Math.min(shape.heightOut, mostRows);
  while (band > 1 && scratchFor(band, shape) > cachedFloats) band = Math.ceil(band / 2);
  return band;
};

export const fitsScratch = (shape: ExpansionShape): boolean => {
  const { channelsIn, channels } = shape;
  const gram = (gramRows + channelsIn + 1) * padded(channelsIn);
  return Math.max(scratchFor(expansionBand(shape), shape), gram, 16 * channels) <= scratchFloats;
};

/** Bytes of an expanded tensor. */
export const expandedBytes = ({ heightIn, widthIn, channels }: ExpansionShape, batch: number): number =>
  4 * batch * heightIn * widthIn * channels;
