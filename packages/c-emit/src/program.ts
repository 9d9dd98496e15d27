// A network as a list of C calls: what lies between the graph and the text of a C file.
import type { CoverageRow } from '@nasc/core';
import type { NodeId, Tensor } from '@nasc/ir';
import type { FusedKernel } from './pattern-lowering.ts';

/** What a call's argument points to. */
export type ProgramOperand =
  /** A value of the graph: one of its inputs, one of its outputs, or something in the arena. */
  | { readonly kind: 'value'; readonly id: NodeId }
  | { readonly kind: 'weights'; readonly id: string }
  /** Undefined content that lives for a few calls. */
  | { readonly kind: 'scratch'; readonly id: string };

interface CallBase {
  readonly block: string;
  readonly nodes: readonly NodeId[];
  readonly output: NodeId;
}

/** `KERNEL(output, inputs..., weights, scratch, first, last)`. */
export interface FusedCall extends CallBase {
  readonly kind: 'fused';
  readonly kernel: FusedKernel;
  readonly operands: readonly ProgramOperand[];
}

/** `KERNEL(tensors, dims, scalars, 0, items)`: an op's own plain kernel. */
export interface PlainCall extends CallBase {
  readonly kind: 'plain';
  readonly kernel: string;
  readonly source: string;
  readonly tensors: readonly ProgramOperand[];
  readonly dims: readonly number[];
  readonly scalars: readonly number[];
  readonly items: number;
}

export type ProgramCall = FusedCall | PlainCall;

/** Everything that a call's arguments point to. */
export const operandsOf = (call: ProgramCall): readonly ProgramOperand[] => (call.kind === 'fused' ? call.operands : call.tensors);

export interface WeightArray {
  readonly id: string;
  readonly elements: number;
}

export interface CProgram {
  readonly calls: readonly ProgramCall[];
  readonly inputs: readonly NodeId[];
  readonly outputs: readonly NodeId[];
  /** Floats of every value and scratch buffer, by id. */
  readonly elements: ReadonlyMap<string, number>;
  readonly weights: readonly WeightArray[];
  /** Content of a weight array, from the parameters it is packed from. */
  packWeights(id: string, parameter: (node: NodeId, name: string) => Tensor): Float32Array;
  readonly coverage: readonly CoverageRow[];
}
