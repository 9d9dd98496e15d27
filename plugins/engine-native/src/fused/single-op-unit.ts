// What units of one op have in common.
import type { OpView } from '@nasc/ir';
import type { Unit } from '../unit.ts';

/** A unit of one op: nothing to train, a gradient for its first input, and no buffers, unless `own` says otherwise. */
export const singleOpUnit = ({ node }: OpView, own: Pick<Unit, 'forward' | 'backward'> & Partial<Unit>): Unit => ({
  id: node.id,
  inputs: node.inputs,
  output: node.id,
  differentiable: [0],
  identities: [],
  trainable: false,
  buffers: new Map(),
  statistics: [],
  ...own,
});
