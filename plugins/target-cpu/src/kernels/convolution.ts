// K x K convolution, in groups or not, with bias, activation and shortcut: stems, strided 1x1 convolutions, ordinary convolutions.
import { indent } from '@nasc/c-emit';
import type { CPatternLowering } from '@nasc/c-emit';
import { convolutionName, readConvolution, writeConvolutionRow } from './convolution-rows.ts';
import { biasOf, fusedPatterns, readChain } from './fused-chain.ts';
import { joinArrays, packWithBias, panelSizes, splitPanels, tailOf, vectorsOf } from './pack.ts';
import { pickTile } from './tiles.ts';

const lowering: CPatternLowering = {
  specialise(match, vector) {
    const { first, activation, suffix, residual } = readChain(match);
    const shape = readConvolution(first);
    if (typeof shape === 'string') return shape;
    const { kernel, stride, height, width, pixelIn, groups, channelsIn, channelsOut, outputHeight, outputWidth } = shape;
    const pixelOut = groups * channelsOut;
    const { lanes } = vector;
    const vectors = vectorsOf(channelsOut, lanes);
    const tile = pickTile(outputWidth, vectors, vector);
    const sizes = panelSizes(vectors, tile.vectors);
    const rows = kernel * kernel * channelsIn;
    const weightsOfGroup = vectors * lanes * (1 + rows);
    const name = `convolution_${convolutionName(shape)}x${pixelOut}${suffix}`;
    const tail = tailOf(channelsOut, lanes);
    /** All rows of one panel; `p` is its number, a C expression. */
    const panel = (p: string, size: number, pixels: number, lanesOfLast: number): string => {
      const channel = `${p} * ${tile.vectors * lanes}`;
      const row = writeConvolutionRow(shape, {
        y: 'y',
        vectors: size,
        pixels,
        tail: lanesOfLast,
        bias: `weights + ${channel}`,
        panel: 'panel',
        output: 'output + at',
        outputPixel: pixelOut,
        shortcut: residual ? 'shortcut + at' : '0',
        activation,
      });
      return `const float *panel = weights + ${vectors * lanes} + (size_t)${p} * ${tile.vectors * lanes * rows};
for (int y = first; y < last; y++) {
  const size_t at = (size_t)y * ${outputWidth * pixelOut} + ${channel};
${indent(row)}
}`;
    };
    const { looped, rest } = splitPanels(sizes, tile, tail, lanes);
    const statements = [
      ...(looped > 0 ? [`for (int p = 0; p < ${looped}; p++) {\n${indent(panel('p', tile.vectors, tile.pixels, lanes))}\n}`] : []),
      ...(rest ? [`{\n${indent(panel(String(looped), rest.vectors, rest.pixels, tail))}\n}`] : []),
    ];
    const inGroups = `for (int group = 0; group < ${groups}; group++) {
${indent(statements.join('\n'))}
  input += ${channelsIn};
  output += ${channelsOut};
${residual ? `  shortcut += ${channelsOut};\n` : ''}  weights += ${weightsOfGroup};
}`;
    const ofGroup = (values: Float32Array, group: number): Float32Array =>
      Float32Array.from({ length: values.length / groups }, (_, index) => {
        const [row, channel] = [Math.floor(index / channelsOut), index % channelsOut];
        return values[row * pixelOut + group * channelsOut + channel]!;
      });
    return {
      name,
      headers: ['inference-product.h', 'inference-convolution.h'],
      source: `/* ${kernel}x${kernel}, stride ${stride}: ${height}x${width}x${pixelIn} -> ${outputHeight}x${outputWidth}x${pixelOut}${groups > 1 ? `, ${groups} groups` : ''} */
NASC_NOINLINE void ${name}(float *output, const float *input, ${residual ? 'const float *shortcut, ' : ''}const float *weights, const int first, const int last) {
${indent(groups > 1 ? inGroups : statements.join('\n'))}
}`,
      weightElements: groups * weightsOfGroup,
      scratchElements: 0,
      items: outputHeight,
      pack(parameter) {
        const [weight, bias] = [parameter(first.node.id, 'weight').data, biasOf(first, pixelOut, parameter)];
        const parts = Array.from({ length: groups }, (_, group) =>
          packWithBias(ofGroup(weight, group), ofGroup(bias, group), rows, channelsOut, sizes, lanes),
        );
        return joinArrays(...parts);
      },
    };
  },
};

export const convolutionPatterns = fusedPatterns('convolution', 'y = activation(conv(x) + b) + shortcut.', ['conv2d'], lowering, {
  residual: true,
});
