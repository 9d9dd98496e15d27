// Blocks that cannot change the number of channels say so.
import { inferenceError } from '@nasc/ir';
import type { GraphBuilder, NodeId } from '@nasc/ir';
import { channelsIn } from './block-attributes.ts';

/** Fails where the stage asks for another width than the input has. */
export const requireSameWidth = (builder: GraphBuilder, macro: string, input: NodeId, width: number | undefined): void => {
  const channels = channelsIn(builder, input);
  if (width !== undefined && width !== channels)
    inferenceError(`${macro} keeps the number of channels; it cannot make ${width} of ${channels}`);
};
