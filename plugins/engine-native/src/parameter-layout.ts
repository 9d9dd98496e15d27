// Where parameters lie. Those that are updated together lie together: a candidate's, a node's of the trunk; by role, so that
// what has the same decay is one range.
import type { OpLookup, ParameterSpec } from '@nasc/ir';
import { elementCount, isChoice, parameterId } from '@nasc/ir';
import { linesOf } from './call.ts';
import type { CutGraph, Region } from './region.ts';

export interface PlacedParameter {
  readonly id: string;
  readonly spec: ParameterSpec;
  readonly floats: number;
  /** Lines from the start of the trainable area, or of the area of statistics. */
  readonly line: number;
}

export interface ParameterLayout {
  readonly parameters: ReadonlyMap<string, PlacedParameter>;
  /** Region id -> its trainable parameters, by line. */
  readonly trainable: ReadonlyMap<string, readonly PlacedParameter[]>;
  readonly trainableLines: number;
  readonly statisticLines: number;
}

type Nodes = Region['nodes'];

const parametersOf = (nodes: Nodes, { types }: Region, ops: OpLookup): readonly { readonly id: string; readonly spec: ParameterSpec }[] =>
  nodes.flatMap((node) => {
    if (isChoice(node)) return [];
    const inputs = node.inputs.map((id) => types.get(id)!);
    const specs = ops.get(node.op)?.parameters?.(node.attributes, inputs) ?? [];
    return specs.map((spec) => ({ id: parameterId(node.id, spec.name), spec }));
  });

const roles: readonly ParameterSpec['role'][] = ['weight', 'bias', 'scale', 'statistic'];

export const layOutParameters = ({ trunk, choices }: CutGraph, ops: OpLookup): ParameterLayout => {
  const parameters = new Map<string, PlacedParameter>();
  const trainable = new Map<string, readonly PlacedParameter[]>();
  let trainableLines = 0;
  let statisticLines = 0;
  const place = (nodes: Nodes, region: Region): readonly PlacedParameter[] => {
    const own = parametersOf(nodes, region, ops);
    const placed = roles.flatMap((role) =>
      own.flatMap(({ id, spec }) => {
        if (spec.role !== role) return [];
        const floats = elementCount(spec.shape);
        const parameter = { id, spec, floats, line: spec.trainable ? trainableLines : statisticLines };
        parameters.set(id, parameter);
        if (spec.trainable) trainableLines += linesOf(floats);
        else statisticLines += linesOf(floats);
        return [parameter];
      }),
    );
    return placed.filter(({ spec }) => spec.trainable);
  };
  trainable.set(
    trunk.id,
    trunk.nodes.flatMap((node) => place([node], trunk)),
  );
  for (const { candidates } of choices) for (const candidate of candidates) trainable.set(candidate.id, place(candidate.nodes, candidate));
  return { parameters, trainable, trainableLines, statisticLines };
};
