// How an op is written with TensorFlow.js: the lowering key `tfjs`. One function says the op in training and in inference;
// its gradient is what TensorFlow.js derives from it.
import type { Attributes } from '@nasc/ir';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The library, as the engine loaded it: with TensorFlow's kernels behind it, or in tests with those in plain JavaScript. */
export type Tfjs = typeof tfjs;

/** What an op that normalises found in a batch: mean and biased variance, [C]. */
export interface BatchStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

export interface TfjsCall<A = Attributes> {
  readonly tf: Tfjs;
  readonly attributes: A;
  /** [N, ...] */
  readonly inputs: readonly Tensor[];
  /** By the names of the op's `parameters`, running statistics among them. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** Of the output, with the batch. */
  readonly shape: readonly number[];
  /** What an op with running statistics normalises with: those of this batch, or the running ones. */
  readonly statistics: 'batch' | 'running';
  /**
   * What random numbers are made from (`keptMask`): the step's key, and the node's own number. Absent where nothing is
   * random, as in evaluation.
   */
  readonly random?: { readonly key: readonly [number, number]; readonly salt: number };
  /**
   * To be called by an op with running statistics when it normalises with those of the batch. `moved` gives its parameters
   * of role `statistic` as this batch moves them, and is called at once or not at all. Call it outside of what is
   * differentiated: inside of `tf.customGrad`.
   */
  readonly collect?: (batch: BatchStatistics, moved: () => Readonly<Record<string, Tensor>>) => void;
}

/** The output, [N, ...]. Every value is made with `call.tf`; what is not returned may be disposed of by the caller. */
export type TfjsLowering<A = never> = (call: TfjsCall<A>) => Tensor;

declare module '@nasc/ir' {
  interface Lowerings {
    readonly tfjs?: TfjsLowering;
  }
}

/** Checks a lowering against its op's attributes and widens it for the registry. */
export const tfjsLowering = <A>(lowering: TfjsLowering<A>): TfjsLowering => lowering as TfjsLowering;
