// Weights for networks that are only timed: speed does not depend on their values, as long as those are ordinary numbers.
import { elementCount, parameterId } from '@nasc/ir';
import type { Initializer, NetworkGraph, OpLookup, Tensor, TensorTable } from '@nasc/ir';
import { Random } from '@nasc/random';

const fill = (init: Initializer, data: Float32Array, random: Random): void => {
  for (let i = 0; i < data.length; i++) {
    if (init.kind === 'constant') data[i] = init.value;
    else data[i] = init.kind === 'normal' ? random.normal() * init.std : (2 * random.uniform() - 1) * init.limit;
  }
};

/** Every parameter of the graph, from the distribution that its op initialises it with. */
export const arbitraryWeights = (graph: NetworkGraph, ops: OpLookup, seed: number): TensorTable => {
  const types = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
  const weights = new Map<string, Tensor>();
  for (const node of graph.nodes) {
    const specs =
      ops.get(node.op)?.parameters?.(
        node.attributes as never,
        node.inputs.map((id) => types.get(id)!),
      ) ?? [];
    for (const { name, shape, init } of specs) {
      const id = parameterId(node.id, name);
      const data = new Float32Array(elementCount(shape));
      fill(init, data, new Random({ seed, stream: id }));
      weights.set(id, { shape, data });
    }
  }
  return weights;
};
