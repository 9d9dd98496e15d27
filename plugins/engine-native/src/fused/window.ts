// Attributes of convolutions with their defaults, and how much scratch a thread has.
import type { Attributes } from '@nasc/ir';

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
