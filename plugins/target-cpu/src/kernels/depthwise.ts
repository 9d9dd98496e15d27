// Depthwise convolution with bias and activation: a row of output pixels and one vector of channels at a time.
import type { CPatternLowering } from '@nasc/c-emit';
import { depthwiseName, packTaps, readDepthwise, writeDepthwiseRow } from './depthwise-rows.ts';
import { biasOf, fusedPatterns, readChain } from './fused-chain.ts';
import { tailOf, vectorsOf } from './pack.ts';

const lowering: CPatternLowering = {
  specialise(match, vector) {
    const { first, activation, suffix } = readChain(match);
    const shape = readDepthwise(first);
    if (typeof shape === 'string') return shape;
    const { kernel, stride, padding, height, width, channels, outputHeight, outputWidth } = shape;
    const vectors = vectorsOf(channels, vector.lanes);
    const name = `depthwise_${depthwiseName(shape)}_${height}x${width}x${channels}${suffix}`;
    return {
      name,
      headers: ['inference-depthwise.h'],
      source: `/* ${kernel}x${kernel}, stride ${stride}: ${height}x${width} -> ${outputHeight}x${outputWidth}, ${channels} channels */
${writeDepthwiseRow(name, shape, activation, vector)}

NASC_NOINLINE void ${name}(float *output, const float *input, const float *weights, const int first, const int last) {
  for (int y = first; y < last; y++) {
    const float *rows[${kernel}];
    for (int ky = 0; ky < ${kernel}; ky++) rows[ky] = input + (ptrdiff_t)(y * ${stride} - ${padding} + ky) * ${width * channels};
    ${name}_row(${vectors}, ${channels}, ${tailOf(channels, vector.lanes)}, y, rows, weights, output + (size_t)y * ${outputWidth * channels}, ${channels});
  }
}`,
      weightElements: vectors * vector.lanes * (1 + kernel * kernel),
      scratchElements: 0,
      items: outputHeight,
      pack: (parameter) =>
        packTaps(shape, parameter(first.node.id, 'weight').data, biasOf(first, channels, parameter), [vectors], vector.lanes),
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
