// A search space without a data set: expanded for its own sizes, or for those of the command line.
import type { Registry } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { expandSpace, resolveSpace } from '@nasc/expand';
import type { SpaceSource } from '@nasc/expand';
import type { SearchSpaceGraph } from '@nasc/ir';
import type { ImageSize } from '../arguments/image-size.ts';
import { messages } from '../messages.ts';

export interface NamedSpace {
  readonly name: string;
  readonly graph: SearchSpaceGraph;
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
}

/** Throws INSPECT_SIZE_UNKNOWN where neither the space nor the command line says for which images it is. */
export const expandNamedSpace = (source: SpaceSource, size: ImageSize, registry: Registry): NamedSpace => {
  const { space, locate } = resolveSpace(source, registry.spaces);
  const { resolution, minimum, channels, classes: own } = space.input;
  const side = resolution ?? minimum;
  const inputShape = size.inputShape ?? (side !== undefined && channels !== undefined ? ([side, side, channels] as const) : undefined);
  const classes = size.classes ?? own;
  if (!inputShape || classes === undefined) throw new DiagnosticError([messages.sizeUnknown(space.name)]);
  return { name: space.name, graph: expandSpace(space, { inputShape, classes }, registry, locate), inputShape, classes };
};
