// The number that sets a node's random stream apart from those of the other nodes: everyone who runs kernels uses it.
import { streamNumber } from '@nasc/random';
import type { NodeId } from '@nasc/ir';

/** `BatchedView.salt` of a node: depends on its id alone, so it survives changes elsewhere in the graph. */
export const nodeSalt = (id: NodeId): number => streamNumber(id);
