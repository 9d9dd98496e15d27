// Dense K x K convolution with bias, activation and residual: stems, strided 1x1 convolutions, ordinary convolutions.
import type { CPatternLowering } from '@nasc/c-emit';
import { fusedPatterns, numberAttribute, packBias, parameterShape, readChain } from './fused-chain.ts';
import { kernelVectors, packPanels } from './pack.ts';
import { writeRowTiles } from './row-tiles.ts';
import { pickTile, rowTiles } from './tiles.ts';

const lowering: CPatternLowering = {
  specialise(match, vector) {
    const { first, activation, suffix, residual } = readChain(match);
    const [kernel, kernelWidth, channelsIn, channelsOut] = parameterShape(first, 'weight') as [number, number, number, number];
    const [height, width, channels] = first.inputs[0]!.shape as [number, number, number];
    const [outputHeight, outputWidth] = first.output.shape as [number, number];
    const stride = numberAttribute(first, 'stride', 1);
    const padding = numberAttribute(first, 'padding', kernel >> 1);
    if (kernel !== kernelWidth || kernel > 9) return `the kernel is ${kernel}x${kernelWidth}`;
    if (numberAttribute(first, 'dilation', 1) !== 1) return 'it is dilated';
    if (channels !== channelsIn) return 'it has groups';
    const vectors = kernelVectors(channelsOut, vector);
    const tile = pickTile(outputWidth, vectors, vector);
    const { lanes } = vector;
    const name = `convolution_k${kernel}s${stride}${padding === kernel >> 1 ? '' : `p${padding}`}_${height}x${width}x${channelsIn}x${channelsOut}${suffix}`;
    const rest = vectors % tile.vectors;
    const rows = kernel * kernel * channelsIn;
    const panel = (size: number, pixels: number) => {
      const call = (left: number, right: number, column: string) =>
        `nasc_convolution_tile(${kernel}, ${stride}, ${pixels}, ${size}, ${width}, ${channelsIn}, ${channelsOut}, ${left}, ${right}, ` +
        `row + (ptrdiff_t)${column} * ${stride * channelsIn}, ky_first, ky_end, panel, weights + v * ${lanes}, last, ` +
        `to + (size_t)${column} * ${channelsOut}, ${residual ? `shortcut + (size_t)${column} * ${channelsOut}` : '0'}, ${activation});`;
      return `    const int channel = nasc_first_channel(v, ${channelsOut});
    const int last = nasc_first_channel(v + ${size - 1}, ${channelsOut}) - channel;
    for (int y = 0; y < ${outputHeight}; y++) {
      const int top = y * ${stride} - ${padding};
      const int ky_first = top < 0 ? -top : 0;
      const int ky_end = top + ${kernel} > ${height} ? ${height} - top : ${kernel};
      const float *row = input + ((ptrdiff_t)top * ${width} - ${padding}) * ${channelsIn};
      float *to = output + (size_t)y * ${outputWidth * channelsOut} + channel;${
        residual ? `\n      const float *shortcut = residual + (size_t)y * ${outputWidth * channelsOut} + channel;` : ''
      }
${writeRowTiles(rowTiles(outputWidth, width, { kernel, stride, padding }, pixels), pixels, call, 3)}
    }`;
    };
    return {
      name,
      header: 'inference-convolution.h',
      source: `/* ${kernel}x${kernel}, stride ${stride}: ${height}x${width}x${channelsIn} -> ${outputHeight}x${outputWidth}x${channelsOut} */
NASC_NOINLINE void ${name}(float *output, const float *input, ${residual ? 'const float *residual, ' : ''}const float *weights) {
  const float *panel = weights + ${vectors * lanes};
  for (int v = 0; v + ${tile.vectors} <= ${vectors}; v += ${tile.vectors}, panel += ${rows * tile.vectors * lanes}) {
${panel(tile.vectors, tile.pixels)}
  }${rest > 0 ? `\n  {\n    const int v = ${vectors - rest};\n${panel(rest, tile.restPixels)}\n  }` : ''}
}`,
      weightElements: vectors * lanes * (1 + rows),
      scratchElements: 0,
      pack(parameter) {
        const bias = new Float32Array(channelsOut);
        packBias(first, parameter, bias);
        return packPanels(parameter(first.node.id, 'weight').data, bias, rows, channelsOut, tile.vectors, lanes);
      },
    };
  },
};

export const convolutionPatterns = fusedPatterns(
  'convolution',
  'y = activation(conv(x) + b) + shortcut, one group.',
  ['conv2d'],
  lowering,
  { residual: true },
);
