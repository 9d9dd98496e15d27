// Candidates that the space itself chooses, by name.
import type { Locate, Space } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { choicesOf } from '@nasc/ir';
import type { ChoiceNode, SearchSpaceGraph } from '@nasc/ir';
import { instantiateChoices } from '@nasc/transforms';
import { messages } from './messages.ts';

/** A choice by its index, and the name of the candidate. */
interface Chosen {
  readonly choice: number;
  readonly name: string;
  readonly at: string;
}

/** Ids of a choice: its own, and its block's where it is the only one there. */
const idsOf = (choices: readonly ChoiceNode[]): ReadonlyMap<string, number> => {
  const perGroup = new Map<string, number>();
  for (const { group } of choices) if (group !== undefined) perGroup.set(group, (perGroup.get(group) ?? 0) + 1);
  return new Map(
    choices.flatMap(({ id, group }, index): [string, number][] =>
      group !== undefined && perGroup.get(group) === 1
        ? [
            [group, index],
            [id, index],
          ]
        : [[id, index]],
    ),
  );
};

/** The graph without the choices that `choose` names a candidate of. Throws SPACE_CHOOSE, every problem at once. */
export const chooseCandidates = (graph: SearchSpaceGraph, choose: NonNullable<Space['choose']>, locate: Locate): SearchSpaceGraph => {
  const choices = choicesOf(graph);
  const problems: Diagnostic[] = [];
  const chosen: Chosen[] = [];
  if (Array.isArray(choose)) {
    if (choose.length > choices.length)
      throw new DiagnosticError([messages.chosenTooMany(choose.length, choices.length, locate('/choose'))]);
    for (const [choice, name] of choose.entries()) if (name !== null) chosen.push({ choice, name, at: locate(`/choose/${choice}`) });
  } else {
    const ids = idsOf(choices);
    for (const [id, name] of Object.entries(choose)) {
      const at = locate(`/choose/${id}`);
      const choice = ids.get(id);
      if (choice === undefined) problems.push(messages.chosenNowhere(id, [...ids.keys()], at));
      else if (chosen.some((other) => other.choice === choice)) problems.push(messages.chosenTwice(choices[choice]!.id, at));
      else chosen.push({ choice, name, at });
    }
  }
  const indices = choices.map((): number | undefined => undefined);
  for (const { choice, name, at } of chosen) {
    const { id, candidates } = choices[choice]!;
    const names = candidates.map((candidate) => candidate.name);
    const index = names.indexOf(name);
    if (index < 0) problems.push(messages.chosenUnknown(name, id, names, at));
    else indices[choice] = index;
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
  return instantiateChoices(graph, indices);
};
