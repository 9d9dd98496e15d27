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
import { joinArrays, packPanels, tailOf, vectorsOf } from './pack.ts';
import { packProduct, planPanels, writePanels } from './panels.ts';
import { whyNotPointwise } from './pointwise.ts';
import { producerOf } from './producer.ts';
import { planStream } from './stream-plan.ts';

interface Chain {
  readonly expansion?: MatchedNode;
  readonly expansionActivation: string;
  readonly depthwise: MatchedNode;
  readonly depthwiseActivation: string;
  readonly projection?: MatchedNode;
  readonly shortcut: boolean;
}

const readStream = ({ nodes }: PatternMatch): Chain => {
  const at = nodes.findIndex(({ node }) => node.op === 'depthwiseConv2d');
  return {
    ...(at > 0 && { expansion: nodes[0]! }),
    expansionActivation: activationConstant(nodes[1]!),
    depthwise: nodes[at]!,
    depthwiseActivation: activationConstant(nodes[at + 1]!),
    ...(nodes[at + 2] && { projection: nodes[at + 2]! }),
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

const specialise = (match: PatternMatch, vector: VectorDescription): FusedKernel | string => {
  const { expansion, expansionActivation, depthwise, depthwiseActivation, projection, shortcut } = readStream(match);
  const why = projection && whyNotPointwise(projection);
  if (why) return why;
  const producer = expansion && producerOf(expansion, expansionActivation);
  if (typeof producer === 'string') return producer;
  const shape = readDepthwise(depthwise);
  if (typeof shape === 'string') return shape;
  const { kernel, stride, padding, height, width, channels, outputHeight, outputWidth } = shape;
  if (kernel < stride || (producer && projection && outputWidth <= 7)) return 'the image is small enough to be kept';
  const { lanes } = vector;
  const plan = planStream(shape, vector, projection !== undefined);
  const { tile, sizes, band, step, slots, ringElements } = plan;
  const vectors = vectorsOf(channels, lanes);
  const channelsIn = producer ? producer.channelsIn : channels;
  const block = tile.vectors * lanes;
  // What one block of channels has in the weights: bias and rows of the expansion, bias and taps of the depthwise convolution.
  const expansionElements = producer ? vectors * lanes * (1 + producer.weightRows) : 0;
  const tapElements = vectors * lanes * (1 + kernel * kernel);
  const product =
    projection &&
    planPanels(
      {
        channelsIn: channels,
        channelsOut: parameterShape(projection, 'weight')!.at(-1)!,
        pixels: band * outputWidth,
        activation: 'NASC_NO_ACTIVATION',
        residual: shortcut,
      },
      vector,
    );
  const hidden = projection ? vectors * lanes : channels;
  const bandElements = projection ? band * outputWidth * hidden : 0;
  const rings = projection && band < outputHeight ? sizes.length : 1;
  const name = [
    producer ? producer.name : `separable_${height}x${width}x${channelsIn}`,
    depthwiseName(shape),
    String(channels),
    ...(product ? [`${product.channelsOut}`] : []),
    ...(shortcut ? ['add'] : []),
    ...match.nodes
      .map(({ node }) => node.op)
      .filter((op) => op !== 'relu6' && activationNames.includes(op))
      .map((op) => op.toLowerCase()),
  ].join('_');
  const lastRow = (row: string) => `nasc_least(${height}, (${row}) * ${stride} - ${padding} + ${kernel})`;

  /** Rows [row, end) of one block of channels. */
  const blockRows = (size: number, pixels: number, tail: number): string => {
    const inPixel = producer ? size * lanes : channels;
    const rowAt = producer
      ? `ring + (size_t)((top + ky) % ${slots}) * ${width * size * lanes}`
      : `input + (ptrdiff_t)(top + ky) * ${width * channels} + channel`;
    const expand = producer
      ? `
const int needed = ${lastRow(step > 1 ? `row + ${step - 1}` : 'row')};
const int ahead = start == 0 && row == 0;
${producer.write(size, pixels, slots, lanes)}`
      : '';
    return `for (int row = start; row < end; row += ${step}) {${indent(expand)}
  for (int y = row; y < row + ${step}; y++) {
    const int top = y * ${stride} - ${padding};
    const float *rows[${kernel}];
    for (int ky = top < 0 ? -top : 0; ky < ${kernel} && top + ky < ${height}; ky++) rows[ky] = ${rowAt};
    ${name}_row(${size}, ${inPixel}, ${tail === lanes ? 'NASC_LANES' : tail}, y, rows, taps, to + (size_t)(y - start) * ${outputWidth * hidden}, ${hidden});
  }
}`;
  };
  const tail = producer && projection ? lanes : tailOf(channels, lanes);
  const last = sizes.length - 1;
  const blockAt = (b: string): string =>
    [
      ...(producer
        ? [
            `const float *bias = weights + ${b} * ${block}, *panel = weights + ${vectors * lanes} + (size_t)${b} * ${block * producer.weightRows};`,
            `float *ring = rings + (size_t)${rings > 1 ? b : '0'} * ${ringElements};`,
            `int expanded = from;`,
          ]
        : [`const int channel = ${b} * ${block};`]),
      `const float *taps = weights + ${expansionElements} + (size_t)${b} * ${block * (1 + kernel * kernel)};`,
      `float *to = ${projection ? 'band' : 'output'} + ${b} * ${block};`,
    ].join('\n');
  const alone = tail < lanes || sizes[last] !== tile.vectors;
  const looped = alone ? last : sizes.length;
  const blocks = [
    ...(looped > 0
      ? [
          `for (int b = ${projection ? '0' : 'first'}; b < ${projection ? looped : alone ? `nasc_least(last, ${looped})` : 'last'}; b++) {\n${indent(`${blockAt('b')}\n${blockRows(tile.vectors, tile.pixels, lanes)}`)}\n}`,
        ]
      : []),
    ...(alone
      ? [
          `${projection ? '' : `if (first <= ${last} && last > ${last}) `}{\n${indent(`${blockAt(String(last))}\n${blockRows(sizes[last]!, sizes[last] === tile.vectors ? tile.pixels : tile.restPixels, tail)}`)}\n}`,
        ]
      : []),
  ].join('\n');
  const project =
    product &&
    writePanels(product, {
      input: 'band',
      weights: `weights + ${expansionElements + tapElements}`,
      output: `output + (size_t)start * ${outputWidth * product.channelsOut}`,
      shortcut: `shortcut + (size_t)start * ${outputWidth * product.channelsOut}`,
      pixels: String(band * outputWidth),
      inputPixel: hidden,
      ahead: 'start == 0',
    });
  const inFront = product ? floatsInFront(shape, band, channelsIn, product.channelsOut, producer !== undefined) : 0;
  // A shortcut that is the input itself is read where its sum is written.
  const mayLieOver = producer?.pointwise !== false && (!shortcut || match.inputs[0] !== match.inputs[1] || inFront === 0);
  const scratchElements = bandElements + (producer ? rings * ringElements : 0);
  const body = `const int end = start + ${band};${producer ? `\nconst int from = ${projection ? `start > first * ${band} ? ${lastRow('start - 1')} : start * ${stride} > ${padding} ? start * ${stride} - ${padding} : 0` : '0'};` : ''}
${blocks}${project ? `\n${project}` : ''}`;
  return {
    name,
    headers: ['inference-product.h', 'inference-pointwise.h', 'inference-depthwise.h', ...(producer?.headers ?? [])],
    source: `/* ${height}x${width}x${channelsIn}, ${channels} channels inside, ${kernel}x${kernel}, stride ${stride} -> ${outputHeight}x${outputWidth}${product ? `x${product.channelsOut}` : ''}: blocks of ${block} channels, bands of ${band} rows */
${writeDepthwiseRow(name, shape, depthwiseActivation, vector)}

NASC_NOINLINE void ${name}(float *output, const float *input, ${shortcut ? 'const float *shortcut, ' : ''}const float *weights${scratchElements > 0 ? ', float *scratch' : ''}, const int first, const int last) {
${indent(
  [
    ...(projection ? ['float *const band = scratch;'] : []),
    ...(producer ? [`float *const rings = scratch + ${bandElements};`] : []),
    projection
      ? `for (int start = first * ${band}; start < last * ${band}; start += ${band}) {\n${indent(body)}\n}`
      : `const int start = 0;\n${body}`,
  ].join('\n'),
)}
}`,
    weightElements: expansionElements + tapElements + (product?.weightElements ?? 0),
    scratchElements,
    items: projection ? outputHeight / band : sizes.length,
    ...(product && mayLieOver && { overlay: { input: 0, before: inFront } }),
    pack: (parameter) =>
      joinArrays(
        ...(producer
          ? [
              packPanels(biasOf(expansion!, channels, parameter), 1, channels, [vectors], lanes),
              packPanels(parameter(expansion!.node.id, 'weight').data, producer.weightRows, channels, sizes, lanes),
            ]
          : []),
        packTaps(shape, parameter(depthwise.node.id, 'weight').data, biasOf(depthwise, channels, parameter), sizes, lanes),
        ...(product
          ? [packProduct(product, parameter(projection.node.id, 'weight').data, biasOf(projection, product.channelsOut, parameter))]
          : []),
      ),
  };
};

const lowering: CPatternLowering = { specialise };
const [expand, act, depthwise, project, add] = [['conv2d'], activationNames, ['depthwiseConv2d'], ['conv2d'], ['add']];
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
