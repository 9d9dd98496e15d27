// The proxy task's space: smaller images, fewer repeated blocks.
import { choicesOf, float32, inferTypes } from '@nasc/ir';
import type { OpLookup, SearchSpaceGraph } from '@nasc/ir';
import { removeBlocks } from '@nasc/transforms';
import type { CellPlace } from './find-cells.ts';

export interface ProxySize {
  /** Share of the images' sides. */
  readonly resolution: number;
  /** Normal blocks that a stage keeps at most. */
  readonly normalBlocks: number;
}

/** Sides of the proxy's images, at least one pixel. */
export const proxyShape = ([height, width, channels]: readonly [number, number, number], resolution: number) => {
  const side = (pixels: number) => Math.max(1, Math.round(pixels * resolution));
  return [side(height), side(width), channels] as const;
};

/** Types are inferred anew; throws IR_SHAPES_DO_NOT_FIT where the space is bound to the size of its images. */
export const proxyGraph = (
  graph: SearchSpaceGraph,
  places: readonly CellPlace[],
  { resolution, normalBlocks }: ProxySize,
  ops: OpLookup,
): SearchSpaceGraph => {
  const surplus = choicesOf(graph).flatMap(({ group }, choice) => {
    const { repeat } = places[choice]!;
    return repeat !== undefined && repeat >= normalBlocks ? [group!] : [];
  });
  const shallow = removeBlocks(graph, new Set(surplus));
  const [image] = shallow.inputs;
  const shape = proxyShape(image!.type.shape as unknown as readonly [number, number, number], resolution);
  return inferTypes({ ...shallow, inputs: [{ ...image!, type: float32(...shape) }] }, ops);
};
