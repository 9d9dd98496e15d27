// 1x1 convolution and linear layer, with bias, activation and shortcut: one matrix product.
import { indent } from '@nasc/c-emit';
import { elementCount } from '@nasc/ir';
import type { CPatternLowering } from '@nasc/c-emit';
import { biasOf, fusedPatterns, numberAttribute, parameterShape, readChain } from './fused-chain.ts';
import type { MatchedNode } from '@nasc/c-emit';
import { vectorsOf } from './pack.ts';
import { packProduct, planPanels, writePanels } from './panels.ts';
import { alignRest, pickTile } from './tiles.ts';

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
    const product = { channelsIn, channelsOut, pixels, activation, residual };
    // Items are runs of pixels where there are many, so that a thread reads what it wrote; else panels, so that it reads its weights alone.
    const vectors = vectorsOf(channelsOut, vector.lanes);
    const best = pickTile(pixels, vectors, vector);
    const tiles = Math.ceil(pixels / best.pixels);
    const inRuns = tiles >= 8 && pixels > channelsOut;
    const tile = inRuns ? alignRest(best, vectors, vector) : best;
    const run = inRuns ? Math.ceil((Math.ceil(tiles / 32) * tile.pixels) / tile.restPixels) * tile.restPixels : 0;
    const plan = planPanels(product, vector, tile);
    const name = `pointwise_${pixels}x${channelsIn}x${channelsOut}${suffix}`;
    const at = (pixel: number) => `(size_t)first * ${run * pixel}`;
    const panels = writePanels(
      plan,
      {
        input: run > 0 ? `input + ${at(channelsIn)}` : 'input',
        weights: 'weights',
        output: run > 0 ? `output + ${at(channelsOut)}` : 'output',
        shortcut: run > 0 ? `shortcut + ${at(channelsOut)}` : 'shortcut',
        pixels: run > 0 ? 'pixels' : String(pixels),
        inputPixel: channelsIn,
        ahead: pixels > 1 ? '1' : '0',
      },
      run > 0 ? undefined : { first: 'first', last: 'last' },
    );
    const body = run > 0 ? `const int pixels = nasc_least(${pixels}, last * ${run}) - first * ${run};\n${panels}` : panels;
    return {
      name,
      headers: ['inference-product.h', 'inference-pointwise.h'],
      source: `/* ${pixels} pixels, ${channelsIn} -> ${channelsOut} channels */
NASC_NOINLINE void ${name}(float *output, const float *input, ${residual ? 'const float *shortcut, ' : ''}const float *weights, const int first, const int last) {
${indent(body)}
}`,
      weightElements: plan.weightElements,
      scratchElements: 0,
      items: run > 0 ? Math.ceil(pixels / run) : plan.sizes.length,
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
