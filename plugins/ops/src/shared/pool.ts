// What max and average pooling share: attributes, geometry, type inference.
import type { BatchedView } from '@nasc/c-emit';
import { float32, inferenceError } from '@nasc/ir';
import type { TensorType } from '@nasc/ir';
import type { OnnxNode } from '@nasc/onnx';
import { imageShape } from './shapes.ts';
import { onnxWindow, readWindow, windowCount, windowOf, windowSchema } from './window.ts';

export interface PoolAttributes {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
}

export const poolSchema = {
  type: 'object',
  properties: windowSchema,
  required: ['kernel'],
  additionalProperties: false,
} as const;

/** No window may lie in the padding alone. */
export const poolType = (op: string, attributes: PoolAttributes, input: TensorType): TensorType => {
  const [height, width, channels] = imageShape(op, input);
  const window = windowOf(attributes);
  if (window.padding > window.kernel >> 1) {
    return inferenceError(`${op}: padding ${window.padding} is more than half of kernel ${window.kernel}`);
  }
  return float32(windowCount(op, height, window), windowCount(op, width, window), channels);
};

/** The fields of `poolShapeSource`. */
export const poolDims = ({ attributes, batch, inputs, output }: BatchedView<PoolAttributes>): readonly number[] => {
  const { kernel, stride, padding } = windowOf(attributes);
  const [heightOut, widthOut] = imageShape('pool', output);
  return [batch, ...inputs[0]!.shape, heightOut, widthOut, kernel, stride, padding];
};

/** C text of `struct ${op}_shape`. */
export const poolShapeSource = (op: string): string => `
struct ${op}_shape {
  int64_t batch, heightIn, widthIn, channels, heightOut, widthOut, kernel, stride, padding;
};
`;

export const onnxPool = (attributes: PoolAttributes) => {
  const { kernel_shape, strides, pads } = onnxWindow(windowOf(attributes));
  return { kernel_shape, strides, pads };
};

/** The inverse of `onnxPool`. */
export const readPool = (node: OnnxNode): PoolAttributes => {
  const { dilation: _dilation, ...attributes } = readWindow(node);
  return attributes;
};
