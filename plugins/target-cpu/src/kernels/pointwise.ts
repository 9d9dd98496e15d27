// 1x1 convolution and linear layer, with bias, activation and shortcut: one matrix product.
import { indent } from '@nasc/c-emit';
import { elementCount } from '@nasc/ir';
import type { CPatternLowering } from '@nasc/c-emit';
import { biasOf, fusedPatterns, numberAttribute, parameterShape, readChain } from './fused-chain.ts';
import type { MatchedNode } from '@nasc/c-emit';
import { packProduct, planPanels, writePanels } from './panels.ts';

/** Why a node is no matrix product over pixels, or undefined. */
export const whyNotPointwise = (node: MatchedNode): string | undefined => {
  const weight = parameterShape(node, 'weight')!;
  const [height, width] = weight.length === 4 ? [weight[0]!, weight[1]!] : [1, 1];
  if (height !== 1 || width !== 1) return `the ${height}x${width} kernel is not 1x1`;
  if (numberAttribute(node, 'stride', 1) !== 1) return 'the stride is not 1';
  if (numberAttribute(node, 'padding', 0) !== 0) return 'it is padded';
  return node.inputs[0]!.shape.at(-1) === weight.at(-2) ? undefined : 'it has groups';
};

const lowering: CPatternLowering = {
  specialise(match, vector) {
    const { first, activation, suffix, residual } = readChain(match);
    const why = whyNotPointwise(first);
    if (why) return why;
    const [channelsIn, channelsOut] = parameterShape(first, 'weight')!.slice(-2) as [number, number];
    const pixels = elementCount(first.inputs[0]!.shape) / channelsIn;
    const plan = planPanels({ channelsIn, channelsOut, pixels, activation, residual }, vector);
    const name = `pointwise_${pixels}x${channelsIn}x${channelsOut}${suffix}`;
    const panels = writePanels(plan, {
      input: 'input',
      weights: 'weights',
      output: 'output',
      shortcut: 'shortcut',
      pixels: String(pixels),
      inputPixel: channelsIn,
      ahead: pixels > 1 ? '1' : '0',
    });
    return {
      name,
      headers: ['inference-product.h', 'inference-pointwise.h'],
      source: `/* ${pixels} pixels, ${channelsIn} -> ${channelsOut} channels */
NASC_NOINLINE void ${name}(float *output, const float *input, ${residual ? 'const float *shortcut, ' : ''}const float *weights) {
${indent(panels)}
}`,
      weightElements: plan.weightElements,
      scratchElements: 0,
      // An element of the shortcut is read just before its sum is written, one of the input again for every panel.
      ...(residual && match.inputs[0] !== match.inputs[1] && { overlay: { input: 1, before: 0 } }),
      pack: (parameter) => packProduct(plan, parameter(first.node.id, 'weight').data, biasOf(first, channelsOut, parameter)),
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
