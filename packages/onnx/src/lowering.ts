// How an op is written in ONNX, one node or a small decomposition in NCHW, and read back. Helpers for axes and layouts:
// layout.ts.
import type { OpView, Tensor, TensorType } from '@nasc/ir';

export interface OnnxAttribute {
  readonly [name: string]: number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] };
}

/** What a value between the nodes of one lowering is: a shape after the batch (float32), or a list of so many integers (int64). */
export type OnnxIntermediate = readonly number[] | { readonly integers: number };

/** What a lowering writes with. Value names are chosen by the writer; the value that `emit` returns is the node's output. */
export interface OnnxEmitter {
  /** Operator set of the file (see `opsets`): an op that came later than the oldest has to be decomposed below its set. */
  readonly opset: number;
  /**
   * Appends one ONNX node and returns the name of its (single) output. Plain numbers are integers; floats say so. '' is an absent
   * optional input. `intermediate` is written down beside a value that is not the lowering's last.
   */
  node(opType: string, inputs: readonly string[], attributes?: OnnxAttribute, intermediate?: OnnxIntermediate): string;
  /** A float initializer: a constant of the node. An empty shape is a scalar. */
  constant(name: string, shape: readonly number[], data: Float32Array): string;
  /** An int64 initializer (shapes, axes). */
  integers(name: string, values: readonly number[]): string;
  /** A parameter of the node in canonical layout (see `Tensor`). */
  parameter(name: string): Tensor;
}

/** One ONNX node of a file. Floats are given as `{ float }`, like they are written. */
export interface OnnxNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly attributes: OnnxAttribute;
}

/** The ONNX nodes that stand for one node of the IR. */
export interface OnnxNodes {
  /** In the file's order. */
  readonly nodes: readonly OnnxNode[];
  /** Of the operands, in the order of the IR node's inputs; per example, images as [H, W, C]. */
  readonly inputs: readonly TensorType[];
  readonly output: TensorType;
  /** A float initializer by its name in the file, with the shape that it has there. */
  constant(name: string | undefined): Tensor | undefined;
  /** An int64 initializer by its name in the file. */
  integers(name: string | undefined): readonly number[] | undefined;
}

export interface ReadOp<A> {
  readonly attributes: A;
  /** By name, in canonical layout. */
  readonly parameters?: Readonly<Record<string, Tensor>>;
}

export interface OnnxLowering<A = never> {
  /**
   * Names of the input values are given with the batch leading and images in NCHW; returns the name of the output value
   * in the same layout ([N, C] for vectors). An op that does nothing at inference returns its input.
   */
  readonly emit: (view: OpView<A>, inputs: readonly string[], emitter: OnnxEmitter) => string;
  /**
   * The inverse: attributes and parameters that `emit` would give these nodes for, or undefined where there are none. It may
   * guess: the reader writes what it is told again, and takes it only if the same nodes and constants come out. Absent for an op
   * without attributes and parameters, and for one that cannot be read.
   */
  readonly read?: (file: OnnxNodes) => ReadOp<A> | undefined;
}

declare module '@nasc/ir' {
  interface Lowerings {
    readonly onnx?: OnnxLowering<never>;
  }
}

export const onnxLowering = <A>(lowering: OnnxLowering<A>): OnnxLowering<never> => lowering as unknown as OnnxLowering<never>;

/** The node where there is one and it is of that type. */
export const onlyNode = ({ nodes }: OnnxNodes, opType: string): OnnxNode | undefined =>
  nodes.length === 1 && nodes[0]!.opType === opType ? nodes[0] : undefined;

/** An attribute that is a list of integers; empty where it is absent or something else. */
export const integersOf = ({ attributes }: OnnxNode, name: string): readonly number[] => {
  const value = attributes[name];
  return Array.isArray(value) ? (value as readonly number[]) : [];
};

/** An attribute that is one integer. */
export const integerOf = ({ attributes }: OnnxNode, name: string): number | undefined => {
  const value = attributes[name];
  return typeof value === 'number' ? value : undefined;
};

/** An attribute that is a float32, as the shortest decimal that is rounded to it: what was written as 0.001 is 0.001 again. */
export const floatOf = ({ attributes }: OnnxNode, name: string): number | undefined => {
  const value = attributes[name];
  if (typeof value !== 'object' || !('float' in value)) return undefined;
  const digits = Array.from({ length: 9 }, (_, index) => Number(value.float.toPrecision(index + 1)));
  return digits.find((decimal) => Math.fround(decimal) === Math.fround(value.float));
};
