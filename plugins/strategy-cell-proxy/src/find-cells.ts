// Which choices are one decision: blocks of the same kind and of the same place in the repeated cell. A block with a shortcut keeps size and
// width: it is a normal one. One without is a reduction, and begins a stage (NASNet, Zoph et al., 2018: normal and reduction cells).
import type { ChoiceNode, Graph } from '@nasc/ir';
import { choicesOf } from '@nasc/ir';

export interface CellPlace {
  /** Of the decision that the choice shares: `normal1 k3e3,k5e3`, `reduction k3e3,k5e3`. */
  readonly cell: string;
  /** Of a normal block its number within the stage, from 0 on; undefined for a reduction. */
  readonly repeat: number | undefined;
}

/** Candidates that compute something: a Zero or an identity that is there at some places only does not make another decision. */
const listOf = ({ candidates }: ChoiceNode): string => {
  const computing = candidates.filter(({ graph }) => graph.nodes.some(({ op }) => op !== 'zero' && op !== 'identity'));
  return (computing.length > 0 ? computing : candidates).map(({ name, macro }) => `${macro}.${name}`).join(',');
};

/** By choice, in the order of `choicesOf`. `cellBlocks`: consecutive normal blocks that make the cell. */
export const findCells = (graph: Graph, cellBlocks: number): readonly CellPlace[] => {
  const choices = choicesOf(graph);
  const chosen = new Set(choices.map(({ group }) => group));
  const repeats = new Map<string, number>();
  let repeat = 0;
  for (const { id, shortcut } of graph.groups.toSorted((a, b) => a.position - b.position)) {
    if (!shortcut) repeat = 0;
    else if (chosen.has(id)) repeats.set(id, repeat++);
  }
  return choices.map((choice): CellPlace => {
    const place = choice.group === undefined ? undefined : repeats.get(choice.group);
    const kind = place === undefined ? 'reduction' : `normal${(place % cellBlocks) + 1}`;
    return { cell: `${kind} ${listOf(choice)}`, repeat: place };
  });
};
