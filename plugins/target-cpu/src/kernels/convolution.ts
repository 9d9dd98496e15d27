// Dense K x K convolution with bias, activation and shortcut: stems, strided 1x1 convolutions, ordinary convolutions.
import { indent } from '@nasc/c-emit';
import type { CPatternLowering } from '@nasc/c-emit';
import { biasOf, fusedPatterns, numberAttribute, parameterShape, readChain } from './fused-chain.ts';
import { joinArrays, packPanels, panelSizes, tailOf, vectorsOf } from './pack.ts';
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
    const { lanes } = vector;
    const vectors = vectorsOf(channelsOut, lanes);
    const tile = pickTile(outputWidth, vectors, vector);
    const sizes = panelSizes(vectors, tile.vectors);
    const rows = kernel * kernel * channelsIn;
    const name = `convolution_k${kernel}s${stride}${padding === kernel >> 1 ? '' : `p${padding}`}_${height}x${width}x${channelsIn}x${channelsOut}${suffix}`;
    const tail = tailOf(channelsOut, lanes);
    /** All rows of one panel; `p` is its number, a C expression. */
    const panel = (p: string, size: number, pixels: number, lanesOfLast: number): string => {
      const channel = `${p} * ${tile.vectors * lanes}`;
      const call = (left: number, right: number, column: string) =>
        `nasc_convolution_tile(${kernel}, ${stride}, ${pixels}, ${size}, ${channelsIn}, ${lanesOfLast}, ${left}, ${right}, ${activation}, ` +
        `row + (ptrdiff_t)${column} * ${stride * channelsIn}, ${width * channelsIn}, ky_first, ky_end, weights + ${channel}, panel, ` +
        `${residual ? `shortcut + at + ${column} * ${channelsOut}` : '0'}, output + at + ${column} * ${channelsOut}, ${channelsOut});`;
      return `const float *panel = weights + ${vectors * lanes} + (size_t)${p} * ${tile.vectors * lanes * rows};
for (int y = 0; y < ${outputHeight}; y++) {
  const int top = y * ${stride} - ${padding};
  const int ky_first = top < 0 ? -top : 0;
  const int ky_end = top + ${kernel} > ${height} ? ${height} - top : ${kernel};
  const float *row = input + ((ptrdiff_t)top * ${width} - ${padding}) * ${channelsIn};
  const size_t at = (size_t)y * ${outputWidth * channelsOut} + ${channel};
${indent(writeRowTiles(rowTiles(outputWidth, width, { kernel, stride, padding }, pixels), pixels, call))}
}`;
    };
    const last = sizes.length - 1;
    const alone = tail < lanes || sizes[last] !== tile.vectors;
    const looped = alone ? last : sizes.length;
    const statements = [
      ...(looped > 0 ? [`for (int p = 0; p < ${looped}; p++) {\n${indent(panel('p', tile.vectors, tile.pixels, lanes))}\n}`] : []),
      ...(alone ? [`{\n${indent(panel(String(last), sizes[last]!, sizes[last] === tile.vectors ? tile.pixels : tile.restPixels, tail))}\n}`] : []),
    ];
    return {
      name,
      headers: ['inference-product.h', 'inference-convolution.h'],
      source: `/* ${kernel}x${kernel}, stride ${stride}: ${height}x${width}x${channelsIn} -> ${outputHeight}x${outputWidth}x${channelsOut} */
NASC_NOINLINE void ${name}(float *output, const float *input, ${residual ? 'const float *shortcut, ' : ''}const float *weights) {
${indent(statements.join('\n'))}
}`,
      weightElements: vectors * lanes * (1 + rows),
      scratchElements: 0,
      pack: (parameter) =>
        joinArrays(
          packPanels(biasOf(first, channelsOut, parameter), 1, channelsOut, [vectors], lanes),
          packPanels(parameter(first.node.id, 'weight').data, rows, channelsOut, sizes, lanes),
        ),
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
