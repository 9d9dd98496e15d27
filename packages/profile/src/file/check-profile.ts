// What a schema cannot say of a profile: that its parts fit together.
import type { Profile, ProfiledSpace } from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import { messages } from '../messages.ts';

/** Of a long file the first ones are enough. */
const mostProblems = 20;

const pathProblem = (path: readonly number[], { choices }: ProfiledSpace): string | undefined => {
  if (path.length !== choices.length) return `"choices" has ${path.length} candidates, and the space ${choices.length} choices`;
  const wrong = path.findIndex((candidate, choice) => candidate >= choices[choice]!.candidates.length);
  return wrong < 0
    ? undefined
    : `Choice "${choices[wrong]!.id}" has ${choices[wrong]!.candidates.length} candidates, and none with index ${path[wrong]}`;
};

const spaceProblems = (space: ProfiledSpace, at: string): readonly Diagnostic[] => {
  const entries = space.choices.length + space.fixed.length;
  const found: Diagnostic[] = [];
  const note = (place: string, problem: string | undefined) => {
    if (problem !== undefined) found.push(messages.inconsistent(`${at}${place}`, problem));
  };
  if (space.reference?.choices) note('/reference/choices', pathProblem(space.reference.choices, space));
  for (const [index, { choices, blocksMs }] of space.networks.entries()) {
    if (found.length >= mostProblems) break;
    note(`/networks/${index}/choices`, pathProblem(choices, space));
    if (blocksMs && blocksMs.length !== entries)
      note(`/networks/${index}/blocksMs`, `"blocksMs" has ${blocksMs.length} values, and the space ${entries} choices and fixed units`);
  }
  return found;
};

export const profileProblems = ({ spaces }: Profile, file: string): readonly Diagnostic[] =>
  spaces.flatMap((space, index) => spaceProblems(space, `${file}#/spaces/${index}`)).slice(0, mostProblems);
