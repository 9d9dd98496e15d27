// What units of fused kernels have in common.
import type { OpView } from '@nasc/ir';
import type { Unit } from '../unit.ts';

/** A chain of ops, or one: nothing to train, a gradient for its first input, and no buffers, unless `own` says otherwise. */
export const chainUnit = (nodes: readonly OpView[], own: Pick<Unit, 'forward' | 'backward'> & Partial<Unit>): Unit => {
  const { node } = nodes[0]!;
  return {
    id: node.id,
    inputs: node.inputs,
    output: nodes.at(-1)!.node.id,
    differentiable: [0],
    identities: [],
    trainable: false,
    buffers: new Map(),
    statistics: [],
    ...own,
  };
};
