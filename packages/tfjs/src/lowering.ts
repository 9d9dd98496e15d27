// How an op is written with TensorFlow.js: the lowering key `tfjs`.
import type { Attributes } from '@nasc/ir';
import type * as tfjs from '@tensorflow/tfjs-core';

/** The library, as the engine loaded it: with TensorFlow's kernels behind it, or in tests with those in plain JavaScript. */
export type Tfjs = typeof tfjs;

export interface TfjsCall<A = Attributes> {
  readonly tf: Tfjs;
  readonly attributes: A;
  /** [N, ...] */
  readonly inputs: readonly tfjs.Tensor[];
  /** By the names of the op's `parameters`. */
  readonly parameters: Readonly<Record<string, tfjs.Tensor>>;
  /** Of the output, with the batch. */
  readonly shape: readonly number[];
}

declare module '@nasc/ir' {
  interface Lowerings {
    /** The op in inference terms that TensorFlow.js can differentiate. */
    readonly tfjs?: (call: TfjsCall<never>) => tfjs.Tensor;
  }
}
