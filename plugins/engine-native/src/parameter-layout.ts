// Where parameters lie: per region one range of trainable values, sorted by role, so that an update is a few calls.
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

/** Consecutive parameters of one role. */
export interface ParameterRange {
  readonly role: ParameterSpec['role'];
  readonly line: number;
  readonly lines: number;
}

export interface ParameterLayout {
  readonly parameters: ReadonlyMap<string, PlacedParameter>;
  /** Region id -> its ranges of trainable parameters. */
  readonly ranges: ReadonlyMap<string, readonly ParameterRange[]>;
  readonly trainableLines: number;
  readonly statisticLines: number;
}

const parametersOf = (region: Region, ops: OpLookup): readonly { readonly id: string; readonly spec: ParameterSpec }[] =>
  region.nodes.flatMap((node) => {
    if (isChoice(node)) return [];
    const inputs = node.inputs.map((id) => region.types.get(id)!);
    const specs = ops.get(node.op)?.parameters?.(node.attributes, inputs) ?? [];
    return specs.map((spec) => ({ id: parameterId(node.id, spec.name), spec }));
  });

const roles: readonly ParameterSpec['role'][] = ['weight', 'bias', 'scale', 'statistic'];

export const layOutParameters = ({ trunk, choices }: CutGraph, ops: OpLookup): ParameterLayout => {
  const parameters = new Map<string, PlacedParameter>();
  const ranges = new Map<string, readonly ParameterRange[]>();
  let trainableLines = 0;
  let statisticLines = 0;
  for (const region of [trunk, ...choices.flatMap(({ candidates }) => candidates)]) {
    const own = parametersOf(region, ops);
    const ownRanges: ParameterRange[] = [];
    for (const role of roles) {
      const line = trainableLines;
      for (const { id, spec } of own) {
        if (spec.role !== role) continue;
        const floats = elementCount(spec.shape);
        parameters.set(id, { id, spec, floats, line: spec.trainable ? trainableLines : statisticLines });
        if (spec.trainable) trainableLines += linesOf(floats);
        else statisticLines += linesOf(floats);
      }
      if (trainableLines > line) ownRanges.push({ role, line, lines: trainableLines - line });
    }
    ranges.set(region.id, ownRanges);
  }
  return { parameters, ranges, trainableLines, statisticLines };
};
