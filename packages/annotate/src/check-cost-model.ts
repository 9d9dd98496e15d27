// A cost model is complete and sane, or the stage ends: no latency is ever made up.
import type { CostModel, LatencyValue } from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import { choicesOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { messages } from './messages.ts';

/** Ids of the groups without a choice: what `fixed` has to cover. */
export const fixedGroups = (space: SearchSpaceGraph): readonly string[] => {
  const withChoice = new Set(choicesOf(space).map(({ group }) => group));
  const used = new Set(space.nodes.map(({ group }) => group));
  return space.groups.map(({ id }) => id).filter((id) => used.has(id) && !withChoice.has(id));
};

/** What is missing (`choice/candidate`, or a group's id) and what is no latency, each in one diagnostic. */
export const checkCostModel = (
  space: SearchSpaceGraph,
  costModel: Pick<CostModel, 'target' | 'choices' | 'fixed'>,
): readonly Diagnostic[] => {
  const { target, choices, fixed } = costModel;
  const values: readonly (readonly [key: string, value: LatencyValue | undefined])[] = [
    ...choicesOf(space).flatMap((choice, index) =>
      choice.candidates.map(({ name }, candidate) => [`${choice.id}/${name}`, choices[index]?.[candidate]] as const),
    ),
    ...fixedGroups(space).map((id) => [id, fixed[id]] as const),
  ];
  const missing = values.flatMap(([key, value]) => (value ? [] : [key]));
  const invalid = values.flatMap(([key, value]) => (value && !(Number.isFinite(value.ms) && value.ms >= 0) ? [{ key, ms: value.ms }] : []));
  return [
    ...(missing.length > 0 ? [messages.missing(target, missing)] : []),
    ...(invalid.length > 0 ? [messages.invalid(target, invalid)] : []),
  ];
};
