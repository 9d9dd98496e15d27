// The C statements of a matrix product [pixels, I] x [I, O] in panels of vectors, and its packed weights.
import type { VectorDescription } from '@nasc/c-emit';
import { packWithBias, panelSizes, splitPanels, tailOf, vectorsOf } from './pack.ts';
import { pickTile } from './tiles.ts';
import type { Tile } from './tiles.ts';

export interface Product {
  readonly channelsIn: number;
  readonly channelsOut: number;
  /** Pixels that are worked on together. */
  readonly pixels: number;
  /** Constant of the activation. */
  readonly activation: string;
  readonly residual: boolean;
}

export interface PanelPlan extends Product {
  readonly tile: Tile;
  readonly lanes: number;
  readonly sizes: readonly number[];
  /** Offset of the first panel in the weights: the bias lies in front. */
  readonly biasElements: number;
  readonly weightElements: number;
}

export const planPanels = (
  product: Product,
  vector: VectorDescription,
  tile = pickTile(product.pixels, vectorsOf(product.channelsOut, vector.lanes), vector),
): PanelPlan => {
  const vectors = vectorsOf(product.channelsOut, vector.lanes);
  const biasElements = vectors * vector.lanes;
  return {
    ...product,
    tile,
    lanes: vector.lanes,
    sizes: panelSizes(vectors, tile.vectors),
    biasElements,
    weightElements: biasElements * (1 + product.channelsIn),
  };
};

export const packProduct = ({ channelsIn, channelsOut, sizes, lanes }: PanelPlan, weight: Float32Array, bias: Float32Array): Float32Array =>
  packWithBias(weight, bias, channelsIn, channelsOut, sizes, lanes);

/** Names, or C expressions, of what the statements work on. */
export interface PanelOperands {
  readonly input: string;
  readonly weights: string;
  readonly output: string;
  readonly shortcut: string;
  /** Pixels; at most those of the plan. */
  readonly pixels: string;
  /** Floats from one input pixel to the next. */
  readonly inputPixel: number;
  /** Whether the weights that come after these are asked for: a C expression. */
  readonly ahead: string;
}

/** One call for each size of panel: a loop over the full ones (`panels` limits it), then the last. */
export const writePanels = (
  plan: PanelPlan,
  operands: PanelOperands,
  panels?: { readonly first: string; readonly last: string },
): string => {
  const { channelsIn, channelsOut, tile, lanes, sizes, biasElements, activation, residual, pixels } = plan;
  const { input, weights, output, shortcut } = operands;
  const tail = tailOf(channelsOut, lanes);
  const call = (size: number, index: string, lanesOfLast: number, pixelsOfTile: number) => {
    const channel = `${index} * ${tile.vectors * lanes}`;
    const panel = `${weights} + ${biasElements} + (size_t)${index} * ${channelsIn * tile.vectors * lanes}`;
    return `nasc_pointwise_panel(${pixelsOfTile}, ${pixels % pixelsOfTile}, ${size}, ${channelsIn}, ${operands.inputPixel}, ${lanesOfLast === lanes ? 'NASC_LANES' : lanesOfLast}, ${channelsOut}, ${activation}, ${operands.pixels}, ${operands.ahead}, ${input}, ${weights} + ${channel}, ${panel}, ${residual ? `${shortcut} + ${channel}` : '0'}, ${output} + ${channel});`;
  };
  const { looped, rest: alone } = splitPanels(sizes, tile, tail, lanes);
  const { first, last: end } = panels ?? { first: '0', last: String(sizes.length) };
  const limit = panels && looped < sizes.length ? `nasc_least(${end}, ${looped})` : panels ? end : String(looped);
  const loop = looped > 0 ? [`for (int p = ${first}; p < ${limit}; p++)\n  ${call(tile.vectors, 'p', lanes, tile.pixels)}`] : [];
  const rest = alone
    ? [`${panels ? `if (${first} <= ${looped} && ${end} > ${looped}) ` : ''}${call(alone.vectors, String(looped), tail, alone.pixels)}`]
    : [];
  return [...loop, ...rest].join('\n');
};
