// The parameters of a graph, and their initial values.
import { Random } from '@nasc/random';
import { parameterId } from '../graph.ts';
import type { Graph, NodeId } from '../graph.ts';
import type { Initializer, OpLookup, ParameterSpec } from '../op.ts';
import type { Tensor, TensorTable } from '../tensor.ts';
import { elementCount } from '../tensor-type.ts';
import { viewOf } from './op-view.ts';
import { allOpNodes } from './walk.ts';

export interface GraphParameter {
  /** `stage2.block1.k5e6.expand.weight` */
  readonly id: string;
  readonly node: NodeId;
  readonly spec: ParameterSpec;
}

/** Every parameter, running statistics among them, in the order of the nodes; those of all candidates too. */
export const parametersOf = (graph: Graph, ops: OpLookup): readonly GraphParameter[] =>
  allOpNodes(graph).flatMap((node) => {
    const definition = ops.get(node.op);
    if (!definition) throw new Error(`There is no op "${node.op}".`);
    const { attributes, inputs } = viewOf(node, graph);
    const specs = definition.parameters?.(attributes, inputs) ?? [];
    return specs.map((spec) => ({ id: parameterId(node.id, spec.name), node: node.id, spec }));
  });

const draw = (init: Initializer, random: Random): number => {
  if (init.kind === 'normal') return init.std * random.normal();
  return init.kind === 'uniform' ? init.limit * (2 * random.uniform() - 1) : init.value;
};

/**
 * Initial values of every parameter. They depend on the seed and the parameter's id only: a tensor starts the same in the
 * supernet, in a network derived from it, and beside any neighbours. All are views of one block: memory in one piece goes
 * back to the system when nobody uses it any more, many small pieces may not.
 */
export const initialiseParameters = (graph: Graph, ops: OpLookup, seed: number): TensorTable => {
  const parameters = parametersOf(graph, ops);
  const counts = parameters.map(({ spec }) => elementCount(spec.shape));
  const block = new Float32Array(counts.reduce((a, b) => a + b, 0));
  let start = 0;
  return new Map(
    parameters.map(({ id, spec: { shape, init } }, index): [string, Tensor] => {
      const random = new Random({ seed, stream: `initialise ${id}` });
      const data = block.subarray(start, (start += counts[index]!));
      for (let i = 0; i < data.length; i++) data[i] = draw(init, random);
      return [id, { shape, data }];
    }),
  );
};
