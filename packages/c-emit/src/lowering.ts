// How an op or a pattern is realised in C. One set of plain kernels serves the native training engine, generated code,
// and (with `real` defined as double) the float64 reference of the tests.
//
// Kernel ABI, the same for every kernel, plain or fast:
//
//   static void NAME(real *const *tensors, const int64_t *dims, const double *scalars, int64_t first, int64_t last)
//
// It does work items [first, last) of the call. Items write disjoint memory and each item's arithmetic is independent
// of how items are shared out, so results have the same bits on any number of threads. Values are NHWC with the batch
// leading; `dims[0]` is always the batch. Kernels overwrite their outputs, except parameter gradients, which they add to.
import type { OpView } from '@nasc/ir';

/** What a kernel's tensor argument stands for at an op node. */
export type Operand =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'output' }
  | { readonly kind: 'outputGradient' }
  | { readonly kind: 'inputGradient'; readonly index: number }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'parameterGradient'; readonly name: string }
  /** Written by `forward`, kept for the gradients (batch statistics, masks, indices). */
  | { readonly kind: 'saved'; readonly name: string }
  /** Undefined content, lives for this one list of calls. */
  | { readonly kind: 'scratch'; readonly name: string }
  /** Two uint32: the step's random key (dropout). */
  | { readonly kind: 'randomKey' };

/** Shorthand for the lists of operands in lowerings. */
export const operand = {
  input: (index = 0): Operand => ({ kind: 'input', index }),
  output: { kind: 'output' } as Operand,
  outputGradient: { kind: 'outputGradient' } as Operand,
  inputGradient: (index = 0): Operand => ({ kind: 'inputGradient', index }),
  parameter: (name: string): Operand => ({ kind: 'parameter', name }),
  parameterGradient: (name: string): Operand => ({ kind: 'parameterGradient', name }),
  saved: (name: string): Operand => ({ kind: 'saved', name }),
  scratch: (name: string): Operand => ({ kind: 'scratch', name }),
  randomKey: { kind: 'randomKey' } as Operand,
};

export interface KernelCall {
  /** Name of a C function in the lowering's `source`. */
  readonly kernel: string;
  readonly tensors: readonly Operand[];
  /** `dims[0]` is the batch. */
  readonly dims: readonly number[];
  readonly scalars?: readonly number[];
  /** Number of work items. */
  readonly items: number;
}

/** A node with the number of images it is run for. */
export interface BatchedView<A> extends OpView<A> {
  readonly batch: number;
  /** A number of the node's own, for its random stream. */
  readonly salt: number;
}

/** Extra memory of a call list, in elements of `real`; sizes may depend on the batch. */
export type Storage<A> = (view: BatchedView<A>) => Readonly<Record<string, number>>;

export interface CLowering<A = never> {
  /** C11; scalars are `real`; may use memcpy/memset and the NASC_* helpers of the prelude, nothing else from libc but <math.h>. */
  readonly source: string;
  /** Running statistics, no randomness: generated code and evaluation. */
  readonly inference: (view: BatchedView<A>) => readonly KernelCall[];
  /** With batch statistics and randomness; the same as `inference` when absent. */
  readonly forward?: (view: BatchedView<A>) => readonly KernelCall[];
  /** After `forward`: moves running statistics towards the batch's. */
  readonly updateStatistics?: (view: BatchedView<A>) => readonly KernelCall[];
  /** Gradient of input `index`, after `forward`. Absent: the op passes no gradient to any input. */
  readonly inputGradient?: (view: BatchedView<A>, index: number) => readonly KernelCall[];
  /** Adds to the gradients of all trainable parameters, after `forward`. */
  readonly weightGradient?: (view: BatchedView<A>) => readonly KernelCall[];
  readonly saved?: Storage<A>;
  readonly scratch?: Storage<A>;
}

declare module '@nasc/ir' {
  interface Lowerings {
    readonly c?: CLowering<never>;
  }
}

/** Checks a C lowering against its op's attributes and widens it for the registry. */
export const cLowering = <A>(lowering: CLowering<A>): CLowering<never> => lowering as unknown as CLowering<never>;
