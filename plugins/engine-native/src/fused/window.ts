// Attributes of convolutions with their defaults, and how much scratch a thread has.
import type { Attributes, OpView } from '@nasc/ir';

/** Floats of NASC_SCRATCH. */
export const scratchFloats = (4 << 20) / 4;

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
}

const numberOr = (value: unknown, other: number): number => (typeof value === 'number' ? value : other);

export const windowOf = (attributes: Attributes): Window => {
  const kernel = numberOr(attributes['kernel'], 1);
  const dilation = numberOr(attributes['dilation'], 1);
  return {
    kernel,
    stride: numberOr(attributes['stride'], 1),
    dilation,
    padding: numberOr(attributes['padding'], dilation * (kernel >> 1)),
  };
};

/** Whether every output pixel is made of the one input pixel in its place. */
export const isPointwise = ({ attributes }: OpView): boolean => {
  const { kernel, stride, padding } = windowOf(attributes);
  return kernel === 1 && stride === 1 && padding === 0;
};

/** NASC_LARGEST_WINDOW, and pixels of a row whose lists fit into the scratch (`nasc_pixel_row`, less than 1000 bytes each). */
const largestWindow = 7;
const longestRow = 4096;

/** Whether `kernels/windows.h` takes it. */
export const fitsWindows = ({ attributes, inputs, output }: OpView): boolean =>
  windowOf(attributes).kernel <= largestWindow && Math.max(inputs[0]!.shape[1]!, output.shape[1]!) <= longestRow;

/** The fields of `nasc_windows`. */
export const windowsDims = ({ attributes, inputs, output }: OpView, batch: number): readonly number[] => {
  const { kernel, stride, dilation, padding } = windowOf(attributes);
  return [batch, ...inputs[0]!.shape, output.shape[0]!, output.shape[1]!, kernel, stride, dilation, padding];
};
