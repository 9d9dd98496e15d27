// Geometry of sliding windows: square kernels, one stride, symmetric padding.
import { inferenceError } from '@nasc/ir';
import { integersOf } from '@nasc/onnx';
import type { OnnxNode } from '@nasc/onnx';

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
}

/** The defaults that convolutions and pools share: padding `dilation * (kernel >> 1)` keeps the size at stride 1. */
export const windowOf = (attributes: { readonly kernel: number } & Partial<Window>): Window => {
  const { kernel, stride = 1, dilation = 1 } = attributes;
  return { kernel, stride, dilation, padding: attributes.padding ?? dilation * (kernel >> 1) };
};

/** Size of the output along one axis: floor((size + 2 padding - extent) / stride) + 1. */
export const windowCount = (op: string, size: number, { kernel, stride, dilation, padding }: Window): number => {
  const room = size + 2 * padding - (dilation * (kernel - 1) + 1);
  if (room < 0) return inferenceError(`${op}: a window of ${dilation * (kernel - 1) + 1} does not fit ${size} with padding ${padding}`);
  return Math.floor(room / stride) + 1;
};

/** Schema of the attributes in `Window`. */
export const windowSchema = {
  kernel: { type: 'integer', minimum: 1, description: 'Height and width of the window.' },
  stride: { type: 'integer', minimum: 1, default: 1 },
  padding: { type: 'integer', minimum: 0, description: 'Zeros on each side; dilation * floor(kernel / 2) when absent.' },
} as const;

export const dilationSchema = { type: 'integer', minimum: 1, default: 1 } as const;

/** The window in ONNX's attributes. */
export const onnxWindow = ({ kernel, stride, dilation, padding }: Window) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  dilations: [dilation, dilation],
  pads: [padding, padding, padding, padding],
});

/** The window of an ONNX node; the padding only where it is not the one that `windowOf` takes. */
export const readWindow = (node: OnnxNode): Omit<Window, 'padding'> & { readonly padding?: number } => {
  const first = (name: string, absent: number) => integersOf(node, name)[0] ?? absent;
  const window = { kernel: first('kernel_shape', 0), stride: first('strides', 1), dilation: first('dilations', 1) };
  const padding = first('pads', 0);
  return padding === windowOf(window).padding ? window : { ...window, padding };
};
