// How a pattern is realised in C for inference: one fused function, specialised for the shapes of a match, with packed
// weights. What an op does alone in this way is a pattern of one node.
import type { NodeId, OpView, ParameterSpec, Tensor } from '@nasc/ir';

/** What code is specialised for. It comes from a target's description, never from the machine at hand. */
export interface VectorDescription {
  /** Floats in one vector. */
  readonly lanes: number;
  /** Architectural vector registers. */
  readonly registers: number;
}

export interface MatchedNode extends OpView {
  readonly parameters: readonly ParameterSpec[];
}

/** A chain of nodes that a pattern matched; batch 1. */
export interface PatternMatch {
  /** In chain order; the last one's output is the output of the match. */
  readonly nodes: readonly MatchedNode[];
  /** Values from outside: the first node's inputs, then what the later ones read besides the chain. */
  readonly inputs: readonly NodeId[];
}

/**
 * One specialised C function with the signature
 *
 *   static void NAME(float *output, const float *input0, ..., [const float *weights,] [float *scratch,] int first, int last)
 *
 * It does work items [first, last). Items write disjoint memory, and each item's arithmetic is independent of how items are shared
 * out: the same bits on any number of threads. Every thread has its own scratch.
 *
 * Inputs are those of the match, in order. Output, inputs and scratch do not overlap, but for what `overlay` allows.
 */
export interface FusedKernel {
  /** C identifier; equal names mean equal functions, which are then emitted once. */
  readonly name: string;
  /** The C function, `static`, without the header it needs. */
  readonly source: string;
  /** Names of the headers in `kernels/` that it is written with, each behind those that it needs. */
  readonly headers: readonly string[];
  /** Floats of packed weights; 0 for none. */
  readonly weightElements: number;
  /** Packs the parameters of the match, looked up by node and name; of length `weightElements`. */
  readonly pack: (parameter: (node: NodeId, name: string) => Tensor) => Float32Array;
  /** Floats of undefined content that a thread may use; 0 for none. */
  readonly scratchElements: number;
  /** Number of work items. */
  readonly items: number;
  /** Where one thread does all items: the output may begin `before` floats in front of an input that nobody reads afterwards; every other input lies elsewhere, or is the same. */
  readonly overlay?: { readonly input: number; readonly before: number };
}

export interface CPatternLowering {
  /** The function for a match, or why there is none (then the next pattern, and at last the plain kernels, are tried). */
  readonly specialise: (match: PatternMatch, vector: VectorDescription) => FusedKernel | string;
}

declare module '@nasc/ir' {
  interface PatternLowerings {
    readonly c?: CPatternLowering;
  }
}
