// One way of computing a network: an engine, a runtime, generated code.
import type { Lowerings, NetworkGraph } from '@nasc/ir';
import type { NetworkCase } from '../cases/network-case.ts';
import { opLookup } from '../registered-ops.ts';

export type Values = ArrayLike<number>;

export interface Trained {
  readonly loss: number;
  /** Of the mean cross-entropy, with the statistics of the batch; by id of every trained parameter. */
  readonly gradients: ReadonlyMap<string, Values>;
}

export interface Computer {
  readonly name: string;
  /** What every op of a network needs for it to run here. */
  readonly lowering: keyof Lowerings;
  train?(network: NetworkCase): Promise<Trained>;
  /** Class scores [N, classes], with running statistics. */
  infer(network: NetworkCase): Promise<Values>;
  dispose?(): void;
}

/** Why a network cannot be computed so; undefined where it can. */
export const whyNot = ({ lowering }: Computer, { nodes }: NetworkGraph): string | undefined => {
  const lacking = [...new Set(nodes.map(({ op }) => op))].filter((op) => !opLookup.get(op)!.lower[lowering]);
  return lacking.length > 0 ? `${lacking.join(', ')}: no "${lowering}" lowering` : undefined;
};
