// How the work on an expansion is cut: items, rows that slide through scratch, and whether a shape suits it.
import type { OpView } from '@nasc/ir';
import { padded } from './normalisation.ts';
import { scratchFloats, windowOf } from './window.ts';

/** Channels that are expanded at once: NASC_EXPANSION_WIDTH. */
export const expandedWidth = 48;

/** Pixels that the two products of the backward pass take at once; few enough to stay in the first cache. */
const chunkPixels = 128;

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

export interface ExpansionBand {
  /** Output rows at a time. */
  readonly band: number;
  /** Rows of the input, and of what is made of it, that scratch holds: those in use move to its start when it is full. */
  readonly capacity: number;
}

export const expansionBand = ({ widthIn, heightOut, kernel, stride }: ExpansionShape): ExpansionBand => {
  const band = Math.min(heightOut, Math.max(1, Math.floor(chunkPixels / (stride * widthIn))));
  return { band, capacity: Math.min(kernel + 3 * band * stride, kernel + (heightOut - 1) * stride) };
};

/** Floats of scratch, in the backward pass (which needs more than the forward one). */
export const expansionScratch = (shape: ExpansionShape): number => {
  const { widthIn, widthOut, channelsIn, kernel, stride } = shape;
  const { band, capacity } = expansionBand(shape);
  const activations = capacity * (widthIn + kernel) * expandedWidth;
  const gradients = capacity * (widthOut + kernel) * expandedWidth;
  const weights = 2 * expandedWidth * padded(channelsIn) + expandedWidth;
  return activations + gradients + weights + capacity * widthIn * padded(channelsIn) + band * stride * widthIn * expandedWidth;
};

export const fitsScratch = (shape: ExpansionShape): boolean => {
  const { channelsIn, channels } = shape;
  const gram = (192 + channelsIn + 1) * padded(channelsIn);
  return Math.max(expansionScratch(shape), gram, 16 * channels) <= scratchFloats;
};

/** Bytes of an expanded tensor. */
export const expandedBytes = ({ heightIn, widthIn, channels }: ExpansionShape, batch: number): number =>
  4 * batch * heightIn * widthIn * channels;
