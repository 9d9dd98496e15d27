// A row of the conformance suite as something to run: a network of one node, with random inputs and parameters that are
// exact in float32, and a random direction to project its output on.
import { elementCount, parameterId } from '@nasc/ir';
import type { Attributes, NetworkGraph, OpDefinition, OpExample, ParameterSpec, Tensor, TensorType } from '@nasc/ir';
import { Random } from '@nasc/random';

export interface ExampleCase {
  readonly op: OpDefinition;
  readonly attributes: Attributes;
  readonly inputTypes: readonly TensorType[];
  readonly outputType: TensorType;
  readonly graph: NetworkGraph;
  readonly batch: number;
  readonly specs: readonly ParameterSpec[];
  readonly inputs: ReadonlyMap<string, Float32Array>;
  /** By parameter id. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly direction: Float32Array;
}

export const nodeId = 'node';
export const inputId = (index: number): string => `input${index}`;

export const exampleCase = (op: OpDefinition, example: OpExample, batch = 3): ExampleCase => {
  const { attributes, inputs: inputTypes } = example;
  const random = new Random({ seed: 2019, stream: `conformance.${op.name}.${example.name}` });
  const normal = (count: number, std: number) => Float32Array.from({ length: count }, () => std * random.normal());
  const outputType = op.inferType(attributes, inputTypes);
  const specs = op.parameters?.(attributes, inputTypes) ?? [];
  const ids = inputTypes.map((_, index) => inputId(index));
  return {
    op,
    attributes,
    inputTypes,
    outputType,
    batch,
    specs,
    graph: {
      inputs: inputTypes.map((type, index) => ({ id: inputId(index), type })),
      nodes: [{ kind: 'op', id: nodeId, op: op.name, attributes, inputs: ids, type: outputType }],
      outputs: [nodeId],
      groups: [],
    },
    // Wide enough to reach the kinks of activations.
    inputs: new Map(inputTypes.map(({ shape }, index) => [inputId(index), normal(batch * elementCount(shape), 3)])),
    // Statistics are positive, because a variance is one.
    parameters: new Map(
      specs.map(({ name, shape, role }) => [
        parameterId(nodeId, name),
        role === 'statistic'
          ? Float32Array.from({ length: elementCount(shape) }, () => 0.5 + random.uniform())
          : normal(elementCount(shape), 0.5),
      ]),
    ),
    direction: normal(batch * elementCount(outputType.shape), 1),
  };
};

export const parameterTensors = ({ specs, parameters }: ExampleCase): ReadonlyMap<string, Tensor> =>
  new Map(
    specs.map(({ name, shape }) => {
      const id = parameterId(nodeId, name);
      return [id, { shape, data: parameters.get(id)! }];
    }),
  );
