// A cost model is complete and sane, or the stage ends: no latency is ever made up.
import type { CostModel, LatencyValue } from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import { choicesOf, unitsOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { latencyMissing } from '@nasc/profile';
import { messages } from './messages.ts';

/** Units of blocks without a choice: what `fixed` has to cover. */
export const fixedUnits = (space: SearchSpaceGraph): readonly string[] => {
  const unitOf = unitsOf(space.groups);
  const withChoice = new Set(choicesOf(space).map(unitOf));
  const units = space.nodes.filter(({ group }) => group !== undefined).map(unitOf);
  return [...new Set(units)].filter((unit) => !withChoice.has(unit));
};

/** What is missing (`choice/candidate`, or a unit) and what is no latency, each in one diagnostic. */
export const checkCostModel = (
  { name, graph: space }: { readonly name: string; readonly graph: SearchSpaceGraph },
  costModel: Pick<CostModel, 'target' | 'profile' | 'choices' | 'fixed'>,
): readonly Diagnostic[] => {
  const { target, profile, choices, fixed } = costModel;
  const values: readonly (readonly [key: string, value: LatencyValue | undefined])[] = [
    ...choicesOf(space).flatMap((choice, index) =>
      choice.candidates.map(({ name }, candidate) => [`${choice.id}/${name}`, choices[index]?.[candidate]] as const),
    ),
    ...fixedUnits(space).map((id) => [id, fixed[id]] as const),
  ];
  const missing = values.flatMap(([key, value]) => (value ? [] : [key]));
  const invalid = values.flatMap(([key, value]) => (value && !(Number.isFinite(value.ms) && value.ms >= 0) ? [{ key, ms: value.ms }] : []));
  return [
    ...(missing.length > 0 ? [latencyMissing(profile, name, missing)] : []),
    ...(invalid.length > 0 ? [messages.invalid(target, invalid)] : []),
  ];
};
