// MBConv as a stream: rows are expanded into a ring, depthwise convolved into a band, and the band is projected. The expanded
// tensor is never whole. A stem's convolution may stand for the expansion. Without either, rows come from the input; without a
// projection, the band is the output.
import { indent } from '@nasc/c-emit';
import type { CPatternLowering, FusedKernel, MatchedNode, PatternMatch, VectorDescription } from '@nasc/c-emit';
import { definePattern } from '@nasc/ir';
import type { PatternDefinition } from '@nasc/ir';
import { depthwiseName, packTaps, readDepthwise, writeDepthwiseRow } from './depthwise-rows.ts';
import type { DepthwiseShape } from './depthwise-rows.ts';
import { activationConstant, activationNames, addsEqualShapes, biasOf, parameterShape, shortcutHasShape } from './fused-chain.ts';
import { joinArrays, packWithBias, vectorsOf } from './pack.ts';
import { packProduct, planPanels } from './panels.ts';
import type { PanelPlan } from './panels.ts';
import { whyNotPointwise } from './pointwise.ts';
import { producerOf } from './producer.ts';
import { planStream } from './stream-plan.ts';
import { writeStream } from './write-stream.ts';
import type { Stream } from './write-stream.ts';

/** A match taken apart; each activation is that of the convolution before it. */
interface Chain {
  readonly expansion?: MatchedNode;
  readonly depthwise: MatchedNode;
  readonly activations: readonly string[];
  readonly projection?: MatchedNode;
  readonly shortcut: boolean;
}

const readStream = ({ nodes }: PatternMatch): Chain => {
  const at = nodes.findIndex(({ node }) => node.op === 'depthwiseConv2d');
  const projection = nodes[at + 2];
  return {
    ...(at > 0 && { expansion: nodes[0]! }),
    depthwise: nodes[at]!,
    activations: nodes.filter(({ node }) => activationNames.includes(node.op)).map(activationConstant),
    ...(projection && { projection }),
    shortcut: nodes.some(({ node }) => node.op === 'add'),
  };
};

/**
 * How many floats in front of the input the output has to begin, so that a band is never written over rows that a later band
 * reads. With an expansion rows in the ring are no longer needed; without, those above the next band are.
 */
const floatsInFront = (shape: DepthwiseShape, band: number, channelsIn: number, channelsOut: number, expanded: boolean): number => {
  const { kernel, stride, padding, height, width, outputHeight, outputWidth } = shape;
  let most = 0;
  for (let end = band; end < outputHeight; end += band) {
    const needed = expanded ? Math.min(height, (end - 1) * stride - padding + kernel) : Math.max(0, end * stride - padding);
    most = Math.max(most, end * outputWidth * channelsOut - needed * width * channelsIn);
  }
  return most;
};

/** What `FusedKernel.overlay` allows: nothing where bands read an image of another kind, or a shortcut elsewhere in it. */
const overlayOf = ({ shape, producer, plan, product }: Stream, { inputs }: PatternMatch): FusedKernel['overlay'] => {
  if (!product || producer?.pointwise === false) return undefined;
  const before = floatsInFront(shape, plan.band, producer?.channelsIn ?? shape.channels, product.channelsOut, producer !== undefined);
  // A shortcut that is the input itself is read where its sum is written.
  return product.residual && inputs[0] === inputs[1] && before > 0 ? undefined : { input: 0, before };
};

const nameOf = (shape: DepthwiseShape, source: string, product: PanelPlan | undefined, activations: readonly string[]): string => {
  const unusual = activations.some((activation) => activation !== 'NASC_RELU6');
  return [
    source,
    depthwiseName(shape),
    String(shape.channels),
    ...(product ? [String(product.channelsOut)] : []),
    ...(product?.residual ? ['add'] : []),
    ...(unusual ? activations.map((activation) => activation.replace('NASC_', '').toLowerCase()) : []),
  ].join('_');
};

const specialise = (match: PatternMatch, vector: VectorDescription): FusedKernel | string => {
  const { expansion, depthwise, activations, projection, shortcut } = readStream(match);
  const why = projection && whyNotPointwise(projection);
  if (why) return why;
  const producer = expansion && producerOf(expansion, activations[0]!);
  if (typeof producer === 'string') return producer;
  const shape = readDepthwise(depthwise);
  if (typeof shape === 'string') return shape;
  const { kernel, stride, height, width, channels, outputHeight, outputWidth } = shape;
  if (kernel < stride) return 'its rows have gaps between them';
  if (producer && projection && outputWidth <= 7) return 'the image is small enough to be kept';
  const { lanes } = vector;
  const plan = planStream(shape, vector, { projected: projection !== undefined, wholeRows: producer?.pointwise === false });
  const vectors = vectorsOf(channels, lanes);
  const product =
    projection &&
    planPanels(
      {
        channelsIn: channels,
        channelsOut: parameterShape(projection, 'weight')!.at(-1)!,
        pixels: plan.band * outputWidth,
        activation: 'NASC_NO_ACTIVATION',
        residual: shortcut,
      },
      vector,
    );
  const hidden = product ? vectors * lanes : channels;
  const name = nameOf(shape, producer?.name ?? `separable_${height}x${width}x${channels}`, product, activations);
  const stream: Stream = {
    name,
    shape,
    producer,
    plan,
    product,
    lanes,
    producerElements: producer ? vectors * lanes * (1 + producer.weightRows) : 0,
    tapElements: vectors * lanes * (1 + kernel * kernel),
    hidden,
    bandElements: product ? plan.band * outputWidth * hidden : 0,
    // Each block goes on with its own ring in the next band.
    rings: product && plan.band < outputHeight ? plan.sizes.length : 1,
  };
  const scratchElements = stream.bandElements + (producer ? stream.rings * plan.ringElements : 0);
  const overlay = overlayOf(stream, match);
  const parameters = [
    'float *output',
    'const float *input',
    ...(shortcut ? ['const float *shortcut'] : []),
    'const float *weights',
    ...(scratchElements > 0 ? ['float *scratch'] : []),
    'const int first',
    'const int last',
  ];
  const [from, to] = [`${height}x${width}x${producer?.channelsIn ?? channels}`, `${outputHeight}x${outputWidth}`];
  return {
    name,
    headers: ['inference-product.h', 'inference-pointwise.h', 'inference-depthwise.h', ...(producer?.headers ?? [])],
    source: `/* ${from}, inside ${channels} channels and ${kernel}x${kernel} taps, stride ${stride}, to ${to}x${product?.channelsOut ?? channels}; by blocks of ${plan.tile.vectors * lanes} channels and
   bands of ${plan.band} rows */
${writeDepthwiseRow(name, shape, activations.at(-1)!, vector)}

NASC_NOINLINE void ${name}(${parameters.join(', ')}) {
${indent(writeStream(stream))}
}`,
    weightElements: stream.producerElements + stream.tapElements + (product?.weightElements ?? 0),
    scratchElements,
    items: product ? outputHeight / plan.band : plan.sizes.length,
    ...(overlay && { overlay }),
    pack(parameter) {
      const weightOf = ({ node }: MatchedNode) => parameter(node.id, 'weight').data;
      return joinArrays(
        ...(producer && expansion
          ? [packWithBias(weightOf(expansion), biasOf(expansion, channels, parameter), producer.weightRows, channels, plan.sizes, lanes)]
          : []),
        packTaps(shape, weightOf(depthwise), biasOf(depthwise, channels, parameter), plan.sizes, lanes),
        ...(product ? [packProduct(product, weightOf(projection), biasOf(projection, product.channelsOut, parameter))] : []),
      );
    },
  };
};

const [expand, act, depthwise, project, add] = [['conv2d'], activationNames, ['depthwiseConv2d'], ['conv2d'], ['add']];
const lowering: CPatternLowering = { specialise };
const streamPattern = (name: string, doc: string, chain: readonly (readonly string[])[]): PatternDefinition =>
  definePattern({
    name,
    doc,
    chain,
    accepts: (nodes, graph) => addsEqualShapes(nodes) && shortcutHasShape(nodes, graph),
    lower: { c: lowering },
    examples: [],
  });

export const streamPatterns: readonly PatternDefinition[] = [
  streamPattern('mbconv-add', 'Expansion, depthwise convolution, projection, shortcut.', [expand, act, depthwise, act, project, add]),
  streamPattern('mbconv', 'Expansion, depthwise convolution, projection.', [expand, act, depthwise, act, project]),
  streamPattern('expansion-depthwise', 'Expansion and depthwise convolution.', [expand, act, depthwise, act]),
  streamPattern('separable-add', 'Depthwise convolution, projection, shortcut.', [depthwise, act, project, add]),
  streamPattern('separable', 'Depthwise convolution, projection.', [depthwise, act, project]),
];
