// The C function of a stream (see stream.ts).
import { indent } from '@nasc/c-emit';
import type { DepthwiseShape } from './depthwise-rows.ts';
import { splitPanels, tailOf } from './pack.ts';
import { writePanels } from './panels.ts';
import type { PanelPlan } from './panels.ts';
import type { Producer } from './producer.ts';
import type { StreamPlan } from './stream-plan.ts';

export interface Stream {
  readonly name: string;
  readonly shape: DepthwiseShape;
  /** What makes the depthwise convolution's rows; absent: they are the input's. */
  readonly producer: Producer | undefined;
  readonly plan: StreamPlan;
  /** The projection of a band; absent: the band is the output. */
  readonly product: PanelPlan | undefined;
  readonly lanes: number;
  /** Floats of the producer's weights, and of the taps behind them. */
  readonly producerElements: number;
  readonly tapElements: number;
  /** Floats from one pixel of the band to the next. */
  readonly hidden: number;
  /** Floats of the scratch: the band, and behind it the rings of the blocks. */
  readonly bandElements: number;
  readonly rings: number;
}

/** Past the last input row that output row `row`, a C expression, needs. */
const neededRows = ({ height, stride, padding, kernel }: DepthwiseShape, row: string): string =>
  `nasc_least(${height}, (${row}) * ${stride} - ${padding} + ${kernel})`;

/** Output rows [start, end) of a block of `vectors` vectors. */
const writeRows = ({ name, shape, producer, plan, hidden, lanes }: Stream, vectors: number, pixels: number, tail: number): string => {
  const { kernel, stride, padding, height, width, channels, outputWidth } = shape;
  const { step, slots } = plan;
  const row = producer
    ? `ring + (size_t)((top + ky) % ${slots}) * ${width * vectors * lanes}`
    : `input + (ptrdiff_t)(top + ky) * ${width * channels} + channel`;
  // The last step of a band may have fewer rows.
  const stepEnd = plan.band % step > 0 ? `nasc_least(row + ${step}, end)` : `row + ${step}`;
  const produce = producer
    ? `
  const int needed = ${neededRows(shape, step > 1 ? `${stepEnd} - 1` : 'row')};
${producer.pointwise ? '  const int ahead = start == 0 && row == 0;\n' : ''}${indent(producer.write(vectors, pixels, slots, lanes))}`
    : '';
  return `for (int row = start; row < end; row += ${step}) {${produce}
  for (int y = row; y < ${stepEnd}; y++) {
    const int top = y * ${stride} - ${padding};
    const float *rows[${kernel}];
    for (int ky = top < 0 ? -top : 0; ky < ${kernel} && top + ky < ${height}; ky++) rows[ky] = ${row};
    ${name}_row(${vectors}, ${producer ? vectors * lanes : channels}, ${tail}, y, rows, taps, to + (size_t)(y - start) * ${outputWidth * hidden}, ${hidden});
  }
}`;
};

/** Everything of block `b`, a C expression. */
const writeBlock = (stream: Stream, b: string, vectors: number, pixels: number, tail: number): string => {
  const { shape, producer, plan, product, lanes, producerElements, rings } = stream;
  const block = plan.tile.vectors * lanes;
  const biasElements = producer ? producerElements / (1 + producer.weightRows) : 0;
  const source = producer
    ? `const float *bias = weights + ${b} * ${block}, *panel = weights + ${biasElements} + (size_t)${b} * ${block * producer.weightRows};
float *ring = rings + (size_t)${rings > 1 ? b : '0'} * ${plan.ringElements};
int expanded = from;`
    : `const int channel = ${b} * ${block};`;
  return `{
${indent(source)}
  const float *taps = weights + ${producerElements} + (size_t)${b} * ${block * (1 + shape.kernel * shape.kernel)};
  float *to = ${product ? 'band' : 'output'} + ${b} * ${block};
${indent(writeRows(stream, vectors, pixels, tail))}
}`;
};

/** All blocks of a band; without a projection blocks are the work items. */
const writeBlocks = (stream: Stream): string => {
  const { shape, producer, plan, product, lanes } = stream;
  const { tile, sizes } = plan;
  // What goes into a ring is whole vectors.
  const tail = producer && product ? lanes : tailOf(shape.channels, lanes);
  const { looped, rest } = splitPanels(sizes, tile, tail, lanes);
  const [from, to] = product ? ['0', String(looped)] : ['first', rest ? `nasc_least(last, ${looped})` : 'last'];
  return [
    ...(looped > 0 ? [`for (int b = ${from}; b < ${to}; b++) ${writeBlock(stream, 'b', tile.vectors, tile.pixels, lanes)}`] : []),
    ...(rest
      ? [
          `${product ? '' : `if (first <= ${looped} && last > ${looped}) `}${writeBlock(stream, String(looped), rest.vectors, rest.pixels, tail)}`,
        ]
      : []),
  ].join('\n');
};

/** First row that a band expands: those before it are in the ring, but for the first band of a thread. */
const firstExpanded = ({ shape, plan, product }: Stream): string => {
  if (!product) return '0';
  const { stride, padding } = shape;
  const above = `start * ${stride} > ${padding} ? start * ${stride} - ${padding} : 0`;
  return `start > first * ${plan.band} ? ${neededRows(shape, 'start - 1')} : ${above}`;
};

/** The function's statements; with a projection bands are the work items. */
export const writeStream = (stream: Stream): string => {
  const { shape, producer, plan, product, producerElements, tapElements, hidden, bandElements } = stream;
  const { band } = plan;
  const from = producer ? [`const int from = ${firstExpanded(stream)};`] : [];
  const rings = producer ? [`float *const rings = scratch + ${bandElements};`] : [];
  if (!product) return [...rings, `const int start = 0, end = ${band};`, ...from, writeBlocks(stream)].join('\n');
  const at = `(size_t)start * ${shape.outputWidth * product.channelsOut}`;
  const project = writePanels(product, {
    input: 'band',
    weights: `weights + ${producerElements + tapElements}`,
    output: `output + ${at}`,
    shortcut: `shortcut + ${at}`,
    pixels: String(band * shape.outputWidth),
    inputPixel: hidden,
    ahead: 'start == 0',
  });
  const body = [`const int end = start + ${band};`, ...from, writeBlocks(stream), project].join('\n');
  return `float *const band = scratch;
${rings.map((line) => `${line}\n`).join('')}for (int start = first * ${band}; start < last * ${band}; start += ${band}) {
${indent(body)}
}`;
};
