// Values for a whole network: inputs and parameters that are exact in float32, none of them at its initial constant.
import { elementCount, parametersOf } from '@nasc/ir';
import type { NetworkGraph, OpLookup, Tensor } from '@nasc/ir';
import { Random } from '@nasc/random';

export interface NetworkValues {
  readonly batch: number;
  readonly inputs: ReadonlyMap<string, Float32Array>;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** For each output, what it is projected on. */
  readonly directions: ReadonlyMap<string, Float32Array>;
}

export const networkValues = (graph: NetworkGraph, ops: OpLookup, name: string, batch = 2): NetworkValues => {
  const random = new Random({ seed: 2019, stream: `conformance.${name}` });
  const normal = (count: number, std = 1) => Float32Array.from({ length: count }, () => std * random.normal());
  const shapes = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type.shape]));
  return {
    batch,
    inputs: new Map(graph.inputs.map(({ id, type }) => [id, normal(batch * elementCount(type.shape))])),
    parameters: new Map(
      parametersOf(graph, ops).map(({ id, spec: { shape, role } }) => {
        const count = elementCount(shape);
        const data = role === 'statistic' ? Float32Array.from({ length: count }, () => 0.5 + random.uniform()) : normal(count, 0.5);
        return [id, { shape, data }];
      }),
    ),
    directions: new Map(graph.outputs.map((id) => [id, normal(batch * elementCount(shapes.get(id)!))])),
  };
};

/** Values alone, as the plain runner takes them. */
export const dataOf = (tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Float32Array> =>
  new Map([...tensors].map(([id, { data }]) => [id, data]));
