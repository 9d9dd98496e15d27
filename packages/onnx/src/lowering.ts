// How an op is written in ONNX: one node or a small decomposition, in NCHW. Helpers for axes and layouts: layout.ts.
import type { OpView, Tensor } from '@nasc/ir';

export interface OnnxAttribute {
  readonly [name: string]: number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] };
}

/** What a lowering writes with. Value names are chosen by the writer; the value that `emit` returns is the node's output. */
export interface OnnxEmitter {
  /** Operator set of the file, 13 to 15: an op that came later than 13 has to be decomposed below its set. */
  readonly opset: number;
  /** Appends one ONNX node and returns the name of its (single) output. Plain numbers are integers; floats say so. '' is an absent optional input. */
  node(opType: string, inputs: readonly string[], attributes?: OnnxAttribute): string;
  /** A float initializer: a constant of the node. An empty shape is a scalar. */
  constant(name: string, shape: readonly number[], data: Float32Array): string;
  /** An int64 initializer (shapes, axes). */
  integers(name: string, values: readonly number[]): string;
  /** A parameter of the node in canonical layout (see `Tensor`). */
  parameter(name: string): Tensor;
}

export interface OnnxLowering<A = never> {
  /**
   * Names of the input values are given with the batch leading and images in NCHW; returns the name of the output value
   * in the same layout ([N, C] for vectors). An op that does nothing at inference returns its input.
   */
  readonly emit: (view: OpView<A>, inputs: readonly string[], emitter: OnnxEmitter) => string;
}

declare module '@nasc/ir' {
  interface Lowerings {
    readonly onnx?: OnnxLowering<never>;
  }
}

export const onnxLowering = <A>(lowering: OnnxLowering<A>): OnnxLowering<never> => lowering as unknown as OnnxLowering<never>;
