// How a pattern is rewritten in the IR: other nodes in place of a matched chain, with parameters computed from the old ones.
import type { NodeId, OpNode, OpView, Tensor } from '@nasc/ir';

/** What stands in place of a chain. */
export interface Replacement {
  /** New nodes in topological order; they may keep ids of the chain. */
  readonly nodes: readonly OpNode[];
  /** The value that takes the place of the chain's output: a new node, or one that the chain read. */
  readonly output: NodeId;
}

export interface Rewrite {
  /** Which pass applies it: `fold` merges trained parameters, `simplify` leaves out what does nothing at inference. */
  readonly phase: 'fold' | 'simplify';
  /** Depends on the graph only, so that a network can be rewritten before it has weights. */
  replace(chain: readonly OpView[]): Replacement;
  /** New parameters by id, from those of the chain. Absent: parameters of nodes that stay are kept. */
  parameters?(chain: readonly OpView[], read: (node: NodeId, name: string) => Tensor): ReadonlyMap<string, Tensor>;
}

declare module '@nasc/ir' {
  interface PatternLowerings {
    readonly rewrite?: Rewrite;
  }
}
