// 1x1 convolution and linear layer, with bias, activation and residual: one matrix product.
import { kernelVectors, packPanels } from './pack.ts';
import { fusedPatterns, numberAttribute, packBias, parameterShape, readChain } from './fused-chain.ts';
import { pickTile } from './tiles.ts';
import { elementCount } from '@nasc/ir';
import type { CPatternLowering } from '@nasc/c-emit';

const lowering: CPatternLowering = {
  specialise(match, vector) {
    const { first, activation, suffix, residual } = readChain(match);
    const weight = parameterShape(first, 'weight')!;
    const [height, width] = weight.length === 4 ? [weight[0]!, weight[1]!] : [1, 1];
    const [channelsIn, channelsOut] = [weight.at(-2)!, weight.at(-1)!];
    const shape = first.inputs[0]!.shape;
    if (height !== 1 || width !== 1) return `the ${height}x${width} kernel is not 1x1`;
    if (numberAttribute(first, 'stride', 1) !== 1) return 'the stride is not 1';
    if (numberAttribute(first, 'padding', 0) !== 0) return 'it is padded';
    if (shape.at(-1) !== channelsIn) return 'it has groups';
    const pixels = elementCount(shape) / channelsIn;
    const vectors = kernelVectors(channelsOut, vector);
    const tile = pickTile(pixels, vectors, vector);
    const name = `pointwise_${pixels}x${channelsIn}x${channelsOut}${suffix}`;
    return {
      name,
      header: 'inference-pointwise.h',
      source: `/* ${pixels} pixels, ${channelsIn} -> ${channelsOut} channels */
NASC_NOINLINE void ${name}(float *output, const float *input, ${residual ? 'const float *residual, ' : ''}const float *weights) {
  nasc_pointwise(${pixels}, ${channelsIn}, ${channelsOut}, ${tile.pixels}, ${tile.vectors}, ${tile.restPixels}, input, weights, output, ${residual ? 'residual' : '0'}, ${activation});
}`,
      weightElements: vectors * vector.lanes * (1 + channelsIn),
      scratchElements: 0,
      pack(parameter) {
        const bias = new Float32Array(channelsOut);
        packBias(first, parameter, bias);
        return packPanels(parameter(first.node.id, 'weight').data, bias, channelsIn, channelsOut, tile.vectors, vector.lanes);
      },
    };
  },
};

export const pointwisePatterns = fusedPatterns(
  'pointwise',
  'y = activation(x W + b) + shortcut: 1x1 convolutions and linear layers.',
  ['conv2d', 'linear'],
  lowering,
  { residual: true },
);
