// Convolutions row by row: shapes, and the C statements for one output row of one panel of vectors.
import type { MatchedNode } from '@nasc/c-emit';
import { numberAttribute, parameterShape } from './fused-chain.ts';
import { writeRowTiles } from './row-tiles.ts';
import { rowTiles } from './tiles.ts';

export interface ConvolutionShape {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly height: number;
  readonly width: number;
  /** Of all groups. */
  readonly pixelIn: number;
  readonly groups: number;
  /** Of one group. */
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/** Shape of a convolution, or why there is no kernel for it. */
export const readConvolution = (node: MatchedNode): ConvolutionShape | string => {
  const weight = parameterShape(node, 'weight')!;
  if (weight.length !== 4) return 'it is no convolution';
  const [kernel, kernelWidth, channelsIn, channels] = weight as [number, number, number, number];
  const [height, width, pixelIn] = node.inputs[0]!.shape as [number, number, number];
  const [outputHeight, outputWidth] = node.output.shape as [number, number];
  if (kernel !== kernelWidth || kernel > 9) return `the kernel is ${kernel}x${kernelWidth}`;
  if (numberAttribute(node, 'dilation', 1) !== 1) return 'it is dilated';
  const stride = numberAttribute(node, 'stride', 1);
  const padding = numberAttribute(node, 'padding', kernel >> 1);
  const groups = pixelIn / channelsIn;
  const channelsOut = channels / groups;
  return { kernel, stride, padding, height, width, pixelIn, groups, channelsIn, channelsOut, outputHeight, outputWidth };
};

/** Part of a kernel's name. */
export const convolutionName = ({ kernel, stride, padding, height, width, pixelIn, groups }: ConvolutionShape): string =>
  `k${kernel}s${stride}${padding === kernel >> 1 ? '' : `p${padding}`}${groups === 1 ? '' : `g${groups}`}_${height}x${width}x${pixelIn}`;

export interface ConvolutionRow {
  /** Number of the output row, a C expression. */
  readonly y: string;
  /** Tile: vectors of output channels, output pixels. */
  readonly vectors: number;
  readonly pixels: number;
  /** Lanes of the last vector that are stored, a C expression. */
  readonly tail: number | string;
  readonly bias: string;
  readonly panel: string;
  /** Where the row's first pixel goes, and floats from one output pixel to the next. */
  readonly output: string;
  readonly outputPixel: number;
  /** Where the row's shortcut begins, or '0'. */
  readonly shortcut: string;
  readonly activation: string;
}

/** The statements; `input` is the image, or where the channels of the group begin in it. */
export const writeConvolutionRow = (shape: ConvolutionShape, row: ConvolutionRow): string => {
  const { kernel, stride, padding, height, width, pixelIn, channelsIn, outputWidth } = shape;
  const { y, vectors, pixels, tail, bias, panel, output, outputPixel, shortcut, activation } = row;
  const call = (left: number, right: number, column: string) =>
    `nasc_convolution_tile(${kernel}, ${stride}, ${pixels}, ${vectors}, ${channelsIn}, ${pixelIn}, ${tail}, ${left}, ${right}, ${activation}, ` +
    `from_row + (ptrdiff_t)${column} * ${stride * pixelIn}, ${width * pixelIn}, ky_first, ky_end, ${bias}, ${panel}, ` +
    `${shortcut === '0' ? '0' : `${shortcut} + ${column} * ${outputPixel}`}, ${output} + ${column} * ${outputPixel}, ${outputPixel});`;
  return `const int top = ${y} * ${stride} - ${padding};
const int ky_first = top < 0 ? -top : 0;
const int ky_end = top + ${kernel} > ${height} ? ${height} - top : ${kernel};
const float *from_row = input + ((ptrdiff_t)top * ${width} - ${padding}) * ${pixelIn};
${writeRowTiles(rowTiles(outputWidth, width, shape, pixels), pixels, call)}`;
};
