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

/** One diagnostic for every value that is missing (`choice/candidate`, or a group's id) or is no latency. */
export const checkCostModel = (
  space: SearchSpaceGraph,
  costModel: Pick<CostModel, 'target' | 'choices' | 'fixed'>,
): readonly Diagnostic[] => {
  const { target, choices, fixed } = costModel;
  const check = (key: string, value: LatencyValue | undefined): Diagnostic[] => {
    if (!value) return [messages.missing(target, key)];
    return Number.isFinite(value.ms) && value.ms >= 0 ? [] : [messages.invalid(target, key, value.ms)];
  };
  return [
    ...choicesOf(space).flatMap((choice, index) =>
      choice.candidates.flatMap(({ name }, candidate) => check(`${choice.id}/${name}`, choices[index]?.[candidate])),
    ),
    ...fixedGroups(space).flatMap((id) => check(id, fixed[id])),
  ];
};
