// From the IR's layout to ONNX's, for lowerings. The IR counts axes per example and keeps images as [H, W, C]; ONNX
// values have the batch leading and images as [N, C, H, W]. Values of any other rank keep the order of their axes.
import type { Tensor } from '@nasc/ir';
import type { OnnxEmitter } from './lowering.ts';

/** For each ONNX axis after the batch, the per-example axis of the IR that lies there: [C, H, W] is [2, 0, 1]. */
export const nchwOrder = (rank: number): readonly number[] => (rank === 3 ? [2, 0, 1] : Array.from({ length: rank }, (_, axis) => axis));

/** ONNX axis (batch included) of a per-example axis: of [H, W, C] the C at 2 becomes 1. */
export const axisToNchw = (axis: number, rank: number): number => 1 + nchwOrder(rank).indexOf(axis);

/** The inverse of `axisToNchw`. */
export const axisFromNchw = (axis: number, rank: number): number => nchwOrder(rank)[axis - 1] ?? -1;

/** A list with one entry per example axis, in ONNX's order, without the batch: shape [H, W, C] becomes [C, H, W]. */
export const toNchwOrder = <T>(values: readonly T[]): readonly T[] => nchwOrder(values.length).map((axis) => values[axis]!);

/** The inverse of `toNchwOrder`: [C, H, W] becomes [H, W, C]. */
export const fromNchwOrder = <T>(values: readonly T[]): readonly T[] =>
  values.map((_, axis) => values[nchwOrder(values.length).indexOf(axis)]!);

/** The `pads` of ONNX's Pad, [all begins, all ends] with the batch unpadded, from per-example amounts. */
export const padsToNchw = (before: readonly number[], after: readonly number[]): readonly number[] => [
  0,
  ...toNchwOrder(before),
  0,
  ...toNchwOrder(after),
];

/** The inverse of `padsToNchw`. */
export const padsFromNchw = (pads: readonly number[]): { readonly before: readonly number[]; readonly after: readonly number[] } => {
  const half = pads.length >> 1;
  return { before: fromNchwOrder(pads.slice(1, half)), after: fromNchwOrder(pads.slice(half + 1)) };
};

/** Transposes an image of shape [H, W, C] from ONNX's order to the IR's, [N, C, H, W] -> [N, H, W, C]; others pass unchanged. */
export const transposeToNhwc = (emitter: OnnxEmitter, value: string, shape: readonly number[]): string =>
  shape.length === 3 ? emitter.node('Transpose', [value], { perm: [0, 2, 3, 1] }, shape) : value;

/** The inverse of `transposeToNhwc`: [N, H, W, C] -> [N, C, H, W]. */
export const transposeToNchw = (emitter: OnnxEmitter, value: string, shape: readonly number[]): string =>
  shape.length === 3 ? emitter.node('Transpose', [value], { perm: [0, 3, 1, 2] }, toNchwOrder(shape)) : value;

/**
 * Reshapes per-example shape `from` to `to` with the IR's meaning (row-major over [H, W, C]): where an image is
 * involved, it is transposed to NHWC before and back after, because a reshape in NCHW would order the elements otherwise.
 */
export const reshapeNhwc = (emitter: OnnxEmitter, value: string, from: readonly number[], to: readonly number[]): string => {
  const rows = emitter.node('Reshape', [transposeToNhwc(emitter, value, from), emitter.integers('shape', [0, ...to])], {}, to);
  return transposeToNchw(emitter, rows, to);
};

/**
 * The ONNX permutation of a per-example permutation: output axis i of the IR is input axis `permutation[i]`. Holds for
 * every rank; images need no transposes around.
 */
export const permutationToNchw = (permutation: readonly number[]): readonly number[] => {
  const rank = permutation.length;
  return [0, ...nchwOrder(rank).map((axis) => axisToNchw(permutation[axis]!, rank))];
};

/** The inverse of `permutationToNchw`. */
export const permutationFromNchw = (permutation: readonly number[]): readonly number[] => {
  const rank = permutation.length - 1;
  return Array.from({ length: rank }, (_, axis) => axisFromNchw(permutation[axisToNchw(axis, rank)]!, rank));
};

/** Gives a vector [N, C] the rank of an image, [N, C, 1, 1], so that it broadcasts over one; images pass unchanged. */
export const vectorToImage = (emitter: OnnxEmitter, value: string, shape: readonly number[]): string =>
  shape.length === 1
    ? emitter.node('Reshape', [value, emitter.integers('imageShape', [0, shape[0]!, 1, 1])], {}, [shape[0]!, 1, 1])
    : value;

/** Weight of a convolution, [kh, kw, cin/groups, cout] -> [cout, cin/groups, kh, kw]. */
export const convolutionWeight = (weight: Tensor): Tensor => {
  const [height, width, channelsIn, channelsOut] = weight.shape as [number, number, number, number];
  const data = new Float32Array(weight.data.length);
  const window = height * width;
  for (let at = 0; at < window; at++) {
    for (let i = 0; i < channelsIn; i++) {
      const row = (at * channelsIn + i) * channelsOut;
      for (let o = 0; o < channelsOut; o++) data[(o * channelsIn + i) * window + at] = weight.data[row + o]!;
    }
  }
  return { shape: [channelsOut, channelsIn, height, width], data };
};

/** Weight of a depthwise convolution, [kh, kw, c] -> [c, 1, kh, kw]; the ONNX node has group = c. */
export const depthwiseWeight = (weight: Tensor): Tensor => {
  const [height, width, channels] = weight.shape as [number, number, number];
  return convolutionWeight({ shape: [height, width, 1, channels], data: weight.data });
};

/** The inverse of `convolutionWeight`. */
export const weightOfConvolution = (weight: Tensor): Tensor => {
  const [channelsOut = 0, channelsIn = 0, height = 0, width = 0] = weight.shape;
  const data = new Float32Array(weight.data.length);
  const window = height * width;
  for (let o = 0; o < channelsOut; o++) {
    for (let i = 0; i < channelsIn; i++) {
      const kernel = (o * channelsIn + i) * window;
      for (let at = 0; at < window; at++) data[(at * channelsIn + i) * channelsOut + o] = weight.data[kernel + at]!;
    }
  }
  return { shape: [height, width, channelsIn, channelsOut], data };
};

/** The inverse of `depthwiseWeight`. */
export const weightOfDepthwise = (weight: Tensor): Tensor => {
  const { shape, data } = weightOfConvolution(weight);
  return { shape: [...shape.slice(0, 2), shape[3]!], data };
};
