// Batch normalisation after a linear op is one linear op:
//   scale (W x + b - mean) / sqrt(variance + epsilon) + shift  =  (f W) x + (b - mean) f + shift,
//   f = scale / sqrt(variance + epsilon), one factor per channel out.
import { buildNetwork, definePattern, float32, lookupOf, parameterId } from '@nasc/ir';
import type { NetworkGraph, OpNode, OpView, Tensor } from '@nasc/ir';
import type { Rewrite } from '@nasc/transforms';
import { batchNorm } from '../batch-norm/batch-norm.ts';
import { conv2d } from '../conv2d.ts';
import { depthwiseConv2d } from '../depthwise-conv2d.ts';
import { linear } from '../linear.ts';

const defaultEpsilon = 1e-3;

/** Linear layers have a bias unless they say otherwise, convolutions only if they say so. */
const hasBias = ({ op, attributes: { bias } }: OpNode): boolean => (op === 'linear' ? bias !== false : bias === true);

const foldParameters: Rewrite['parameters'] = (chain, read) => {
  const [{ node }, normalisation] = chain as readonly [OpView, OpView];
  const parameter = (name: string) => read(normalisation.node.id, name).data;
  const { epsilon = defaultEpsilon } = normalisation.attributes as { readonly epsilon?: number };
  const [scale, shift, mean, variance] = ['scale', 'shift', 'runningMean', 'runningVariance'].map(parameter);
  // Everything in float64, rounded once when it is stored.
  const factors = Array.from(variance!, (value, channel) => scale![channel]! / Math.sqrt(value + epsilon));
  const weight = read(node.id, 'weight');
  const bias = hasBias(node) ? read(node.id, 'bias').data : undefined;
  const channels = factors.length;
  // Channels out are the last axis of every layout: [kh, kw, in, out], [kh, kw, c], [in, out].
  const folded: Tensor = { shape: weight.shape, data: weight.data.map((value, index) => value * factors[index % channels]!) };
  const offset = Float32Array.from(factors, (factor, channel) => ((bias?.[channel] ?? 0) - mean![channel]!) * factor + shift![channel]!);
  return new Map([
    [parameterId(node.id, 'weight'), folded],
    [parameterId(node.id, 'bias'), { shape: [channels], data: offset }],
  ]);
};

const replace = (chain: readonly OpView[]) => {
  const { node } = chain[0]!;
  return { nodes: [{ ...node, attributes: { ...node.attributes, bias: true } }], output: node.id };
};

const example = (op: string, shape: readonly number[], attributes: OpNode['attributes']): NetworkGraph =>
  buildNetwork({ ops: lookupOf([conv2d, depthwiseConv2d, linear, batchNorm]) }, (builder) => {
    const input = builder.input('input', float32(...shape));
    const value = builder.op('linear', op, [input], attributes);
    return builder.op('normalised', 'batchNorm', [value]);
  });

export const foldBatchNormPattern = definePattern({
  name: 'foldBatchNorm',
  doc: 'Convolution or linear layer, then batch normalisation: one op with bias.',
  chain: [['conv2d', 'depthwiseConv2d', 'linear'], ['batchNorm']],
  lower: { rewrite: { phase: 'fold', replace, parameters: foldParameters } },
  examples: [
    { name: 'convolution', graph: example('conv2d', [5, 5, 3], { width: 4, kernel: 3, stride: 2 }) },
    { name: 'convolution with bias', graph: example('conv2d', [4, 4, 3], { width: 5, kernel: 1, bias: true }) },
    { name: 'depthwise convolution', graph: example('depthwiseConv2d', [6, 5, 4], { kernel: 5 }) },
    { name: 'linear layer', graph: example('linear', [7], { width: 4 }) },
  ],
});
