// What an op is. Core and stages never branch on an op's name: all they know of one is this definition.
import type { Attributes, OpNode } from './graph.ts';
import type { TensorType } from './tensor-type.ts';

/** Distribution of a parameter's initial values. */
export type Initializer =
  | { readonly kind: 'normal'; readonly std: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'constant'; readonly value: number };

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** False for running statistics: stored with the weights, but neither trained nor counted as parameters. */
  readonly trainable: boolean;
  readonly init: Initializer;
  /** What it is to a recipe (weight decay may spare all but `weight`): of a layer, its bias, or `scale` and shift of a normalisation. */
  readonly role: 'weight' | 'bias' | 'scale' | 'statistic';
}

/** Cost of one example. */
export interface Cost {
  /** Multiply-accumulates of convolutions and linear layers; 0 for everything else. */
  readonly macs: number;
  /** Trained values: BN's scale and shift and biases included, running statistics not. */
  readonly parameters: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * How an op is realised elsewhere. Open by declaration merging: `@nasc/c-emit` adds `c`, `@nasc/onnx` adds `onnx`,
 * an engine adds its own key.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface Lowerings {}

/** A row of the conformance suite: every lowering is checked on it against every other. */
export interface OpExample<A = Attributes> {
  readonly name: string;
  readonly attributes: A;
  readonly inputs: readonly TensorType[];
}

export interface OpDefinition<A = Attributes> {
  readonly name: string;
  /** One sentence with the formula. */
  readonly doc: string;
  /** JSON Schema of the attributes, an object schema with defaults. */
  readonly attributesSchema: Readonly<Record<string, unknown>>;
  /** Number of inputs, or the least number of a variadic op. */
  readonly arity: number | { readonly atLeast: number };
  /** Throws a `TypeInferenceError` where the inputs do not fit. */
  inferType(attributes: A, inputs: readonly TensorType[]): TensorType;
  parameters?(attributes: A, inputs: readonly TensorType[]): readonly ParameterSpec[];
  /** Multiply-accumulates of one example; 0 when absent. */
  macs?(attributes: A, inputs: readonly TensorType[], output: TensorType): number;
  /**
   * Of an op that only drops values in training, with the probability that its attribute `rate` gives, and does nothing at inference:
   * each element for itself, or all of an image's at once.
   */
  readonly drops?: 'elements' | 'images';
  readonly lower: Lowerings;
  readonly examples: readonly OpExample<A>[];
}

/** The definition as the registry holds it: attributes were validated against the schema. */
export type AnyOpDefinition = OpDefinition<never>;

/** Checks a definition's types and widens it for the registry. */
export const defineOp = <A>(definition: OpDefinition<A>): OpDefinition => definition as unknown as OpDefinition;

export class TypeInferenceError extends Error {}

/** Fails type inference with what was expected. */
export const inferenceError = (message: string): never => {
  throw new TypeInferenceError(message);
};

export interface OpLookup {
  get(name: string): OpDefinition | undefined;
  names(): readonly string[];
}

/** A node with its operand types: what cost functions and lowerings look at. */
export interface OpView<A = Attributes> {
  readonly node: OpNode;
  readonly attributes: A;
  readonly inputs: readonly TensorType[];
  readonly output: TensorType;
}
