// The C function that computes one output row of a depthwise convolution, whatever its input rows lie in.
import { indent } from '@nasc/c-emit';
import type { MatchedNode, VectorDescription } from '@nasc/c-emit';
import { packPanels } from './pack.ts';
import { numberAttribute, parameterShape } from './fused-chain.ts';
import { writeRowTiles } from './row-tiles.ts';
import { pickRowTile, rowTiles } from './tiles.ts';

export interface DepthwiseShape {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
}

/** Shape of a depthwise convolution, or why there is no kernel for it. */
export const readDepthwise = (node: MatchedNode): DepthwiseShape | string => {
  const [kernel, kernelWidth, channels] = parameterShape(node, 'weight') as [number, number, number];
  const [height, width] = node.inputs[0]!.shape as [number, number];
  const [outputHeight, outputWidth] = node.output.shape as [number, number];
  const stride = numberAttribute(node, 'stride', 1);
  if (kernel !== kernelWidth || kernel > 7) return `the kernel is ${kernel}x${kernelWidth}`;
  if (numberAttribute(node, 'dilation', 1) !== 1) return 'it is dilated';
  return { kernel, stride, padding: numberAttribute(node, 'padding', kernel >> 1), height, width, channels, outputHeight, outputWidth };
};

/** Part of a kernel's name. */
export const depthwiseName = ({ kernel, stride, padding }: DepthwiseShape): string =>
  `k${kernel}s${stride}${padding === kernel >> 1 ? '' : `p${padding}`}`;

/**
 * `NAME_row(N, in, tail, y, rows, taps, output, out)`: output row y of N vectors of channels, of the last one `tail`. `rows[ky]` are input
 * rows at the first channel, `in` and `out` the floats from pixel to pixel. `taps`: bias [N * lanes], then [K][K][N * lanes].
 */
export const writeDepthwiseRow = (name: string, shape: DepthwiseShape, activation: string, vector: VectorDescription): string => {
  const { kernel, stride, height, width, outputWidth, padding } = shape;
  const tile = pickRowTile(outputWidth, kernel, vector);
  // Larger kernels are as fast in a loop, and their code is long.
  const whole = kernel <= 5;
  const call = (left: number, right: number, column: string) =>
    `nasc_depthwise_tile(${kernel}, ${stride}, ${tile}, lanes, ${left}, ${right}, ${activation}, whole, rows, ${column} * ${stride} - ${padding}, in, ky_first, ky_end, ` +
    `taps, tap, bias, output + (size_t)${column} * out, out);`;
  return `NASC_INLINE void ${name}_vector(const int in, const int lanes, const int tap, const int whole, const int ky_first, const int ky_end,
                        const float *const *rows, const nasc_vector bias, const float *taps, float *output, const int out) {
${indent(writeRowTiles(rowTiles(outputWidth, width, shape, tile), tile, call))}
}

NASC_INLINE void ${name}_row(const int N, const int in, const int tail, const int y, const float *const *rows, const float *taps,
                     float *output, const int out) {
  const int top = y * ${stride} - ${padding};
  const int ky_first = top < 0 ? -top : 0;
  const int ky_end = top + ${kernel} > ${height} ? ${height} - top : ${kernel};
  const float *at[${kernel}];
  for (int n = 0; n < N; n++) {
    for (int ky = ky_first; ky < ky_end; ky++) at[ky] = rows[ky] + n * NASC_LANES;
    const float *own = taps + n * NASC_LANES;
    if (tail < NASC_LANES && n == N - 1)
      ${name}_vector(in, tail, N * NASC_LANES, 0, ky_first, ky_end, at, nasc_load(own), own + N * NASC_LANES, output + n * NASC_LANES, out);
    else ${
      whole
        ? `if (ky_first > 0 || ky_end < ${kernel})
      `
        : ''
    }${name}_vector(in, NASC_LANES, N * NASC_LANES, 0, ky_first, ky_end, at, nasc_load(own), own + N * NASC_LANES, output + n * NASC_LANES, out);${
      whole
        ? `
    else
      ${name}_vector(in, NASC_LANES, N * NASC_LANES, 1, 0, ${kernel}, at, nasc_load(own), own + N * NASC_LANES, output + n * NASC_LANES, out);`
        : ''
    }
  }
}`;
};

/** Bias and taps of `sizes` blocks of vectors, each as `writeDepthwiseRow` takes them. */
export const packTaps = (
  { kernel, channels }: DepthwiseShape,
  weight: Float32Array,
  bias: Float32Array,
  sizes: readonly number[],
  lanes: number,
): Float32Array => {
  const rows = new Float32Array((1 + kernel * kernel) * channels);
  rows.set(bias);
  rows.set(weight, channels);
  return packPanels(rows, 1 + kernel * kernel, channels, sizes, lanes);
};
