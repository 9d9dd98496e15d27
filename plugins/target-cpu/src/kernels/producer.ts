// Where the input rows of a streamed depthwise convolution come from: a 1x1 expansion or a dense convolution, a block of channels
// at a time into a ring of rows.
import { indent } from '@nasc/c-emit';
import type { MatchedNode } from '@nasc/c-emit';
import { convolutionName, readConvolution, writeConvolutionRow } from './convolution-rows.ts';
import { parameterShape } from './fused-chain.ts';
import { whyNotPointwise } from './pointwise.ts';

export interface Producer {
  /** Part of the kernel's name. */
  readonly name: string;
  /** Headers that its statements need. */
  readonly headers: readonly string[];
  readonly channelsIn: number;
  /** Rows of the weights [rows, channels]. */
  readonly weightRows: number;
  /** Whether it goes through its input row by row, each pixel once. */
  readonly pointwise: boolean;
  /**
   * Rows [expanded, needed) of `vectors` vectors, by tiles of `pixels`, into their slots of the ring. The statements use the C names
   * `input`, `bias`, `panel`, `ring`, `expanded`, `needed`, and, where it is pointwise, `ahead`.
   */
  write(vectors: number, pixels: number, slots: number, lanes: number): string;
}

const expansion = (node: MatchedNode, activation: string): Producer => {
  const [height, width, channelsIn] = node.inputs[0]!.shape as [number, number, number];
  return {
    name: `expansion_${height}x${width}x${channelsIn}`,
    headers: ['inference-expansion.h'],
    channelsIn,
    weightRows: channelsIn,
    pointwise: true,
    write: (vectors, pixels, slots) =>
      `nasc_expand_rows(${pixels}, ${vectors}, ${width}, ${channelsIn}, ${slots}, ${activation}, expanded, needed, ahead, input, bias, panel, ring);
expanded = needed;`,
  };
};

/** The producer of a node's rows, or why there is none. */
export const producerOf = (node: MatchedNode, activation: string): Producer | string => {
  if (parameterShape(node, 'weight')!.length === 4 && whyNotPointwise(node) === undefined) return expansion(node, activation);
  const shape = readConvolution(node);
  if (typeof shape === 'string') return shape;
  if (shape.groups > 1) return 'it has groups';
  const { kernel, channelsIn, outputWidth } = shape;
  return {
    name: `convolution_${convolutionName(shape)}`,
    headers: ['inference-convolution.h'],
    channelsIn,
    weightRows: kernel * kernel * channelsIn,
    pointwise: false,
    write: (vectors, pixels, slots, lanes) => {
      const row = writeConvolutionRow(shape, {
        y: 'expanded',
        vectors,
        pixels,
        tail: 'NASC_LANES',
        bias: 'bias',
        panel: 'panel',
        output: 'to_row',
        outputPixel: vectors * lanes,
        shortcut: '0',
        activation,
      });
      return `for (; expanded < needed; expanded++) {
  float *to_row = ring + (size_t)(expanded % ${slots}) * ${outputWidth * vectors * lanes};
${indent(row)}
}`;
    },
  };
};
