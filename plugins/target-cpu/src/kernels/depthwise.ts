// Depthwise convolution with bias and activation: a row of output pixels and one vector of channels at a time.
import type { CPatternLowering } from '@nasc/c-emit';
import { fusedPatterns, numberAttribute, packBias, parameterShape, readChain } from './fused-chain.ts';
import { kernelVectors } from './pack.ts';
import { writeRowTiles } from './row-tiles.ts';
import { pickRowTile, rowTiles } from './tiles.ts';

const lowering: CPatternLowering = {
  specialise(match, vector) {
    const { first, activation, suffix } = readChain(match);
    const [kernel, kernelWidth, channels] = parameterShape(first, 'weight') as [number, number, number];
    const [height, width] = first.inputs[0]!.shape as [number, number];
    const [outputHeight, outputWidth] = first.output.shape as [number, number];
    const stride = numberAttribute(first, 'stride', 1);
    const padding = numberAttribute(first, 'padding', kernel >> 1);
    if (kernel !== kernelWidth || kernel > 7) return `the kernel is ${kernel}x${kernelWidth}`;
    if (numberAttribute(first, 'dilation', 1) !== 1) return 'it is dilated';
    if (channels < vector.lanes) return `${channels} channels are fewer than the ${vector.lanes} lanes of a vector`;
    const tile = pickRowTile(outputWidth, kernel, vector);
    const name = `depthwise_k${kernel}s${stride}${padding === kernel >> 1 ? '' : `p${padding}`}_${height}x${width}x${channels}${suffix}`;
    const call = (left: number, right: number, column: string) =>
      `nasc_depthwise_tile(${kernel}, ${stride}, ${tile}, ${width}, ${channels}, ${left}, ${right}, row + (ptrdiff_t)${column} * ${stride * channels}, ` +
      `ky_first, ky_end, taps, bias, to + (size_t)${column} * ${channels}, ${activation});`;
    return {
      name,
      header: 'inference-depthwise.h',
      source: `/* ${kernel}x${kernel}, stride ${stride}: ${height}x${width} -> ${outputHeight}x${outputWidth}, ${channels} channels */
NASC_NOINLINE void ${name}(float *output, const float *input, const float *weights) {
  for (int v = 0; v < ${kernelVectors(channels, vector)}; v++) {
    const int channel = nasc_first_channel(v, ${channels});
    const nasc_vector bias = nasc_load(weights + channel);
    const float *taps = weights + ${channels} + channel;
    for (int y = 0; y < ${outputHeight}; y++) {
      const int top = y * ${stride} - ${padding};
      const int ky_first = top < 0 ? -top : 0;
      const int ky_end = top + ${kernel} > ${height} ? ${height} - top : ${kernel};
      const float *row = input + ((ptrdiff_t)top * ${width} - ${padding}) * ${channels} + channel;
      float *to = output + (size_t)y * ${outputWidth * channels} + channel;
${writeRowTiles(rowTiles(outputWidth, width, { kernel, stride, padding }, tile), tile, call, 3)}
    }
  }
}`,
      weightElements: channels * (1 + kernel * kernel),
      scratchElements: 0,
      pack(parameter) {
        const packed = new Float32Array(channels * (1 + kernel * kernel));
        packBias(first, parameter, packed);
        packed.set(parameter(first.node.id, 'weight').data, channels);
        return packed;
      },
    };
  },
};

export const depthwisePatterns = fusedPatterns(
  'depthwise',
  'y = activation(depthwise(x) + b), up to 7x7 taps.',
  ['depthwiseConv2d'],
  lowering,
  { residual: false },
);
