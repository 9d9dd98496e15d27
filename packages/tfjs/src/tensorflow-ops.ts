// Ops of TensorFlow that TensorFlow.js has no function for. One of them can do in one pass over memory what takes many ops that
// TensorFlow.js has: lowerings use them where they are, and say the same in TensorFlow.js for every other backend.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from './lowering.ts';

/** Attributes by name; TensorFlow's `T` and `U` are float32 and need not be given. */
export type TensorflowAttributes = Readonly<Record<string, number | boolean | string>>;

/** Runs an op of TensorFlow and gives all of its outputs, tensors of the current scope. */
export type RunTensorflowOp = (
  name: string,
  types: readonly ('T' | 'U')[],
  attributes: TensorflowAttributes,
  inputs: readonly Tensor[],
  outputs: number,
) => Tensor[];

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string;
}

/** The part of the backend of @tensorflow/tfjs-node(-gpu) that its own kernels are written with. */
interface NodeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_STRING' | 'TF_FLOAT', number>>;
  executeMultipleOutputs(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[], outputs: number): Tensor[];
}

/** undefined where the kernels are not those of TensorFlow. */
export const tensorflowOp = (tf: Tfjs): RunTensorflowOp | undefined => {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  const backend = tf.backend() as unknown as NodeBackend;
  const { binding } = backend;
  const typeOf = (value: number | boolean | string): number =>
    typeof value === 'number' ? binding.TF_ATTR_FLOAT : typeof value === 'boolean' ? binding.TF_ATTR_BOOL : binding.TF_ATTR_STRING;
  return (name, types, attributes, inputs, outputs) =>
    backend.executeMultipleOutputs(
      name,
      [
        ...types.map((type) => ({ name: type, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT })),
        ...Object.entries(attributes).map(([attribute, value]) => ({ name: attribute, type: typeOf(value), value })),
      ],
      inputs,
      outputs,
    );
};
