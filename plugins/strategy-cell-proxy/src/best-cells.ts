// From the proxy's probabilities back to the space: the most probable cells, stacked.
import type { ChoiceNode } from '@nasc/ir';

/** Logarithms of the probabilities of a cell's candidates, by the candidate's name. */
export type CellDistributions = ReadonlyMap<string, ReadonlyMap<string, number>>;

interface Assignment {
  readonly score: number;
  readonly names: readonly string[];
}

/** The `count` best assignments of a candidate to every cell, best first: sums of independent terms, so the best of each prefix suffice. */
const bestAssignments = (cells: CellDistributions, count: number): readonly Assignment[] => {
  let best: readonly Assignment[] = [{ score: 0, names: [] }];
  for (const candidates of cells.values()) {
    best = best
      .flatMap(({ score, names }) => [...candidates].map(([name, logP]) => ({ score: score + logP, names: [...names, name] })))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, count);
  }
  return best;
};

/** A cell's candidates from the one that was assigned on, then by probability. */
const preferences = (candidates: ReadonlyMap<string, number>, assigned: string): readonly string[] => [
  assigned,
  ...[...candidates].toSorted(([, a], [, b]) => b - a).map(([name]) => name),
];

/**
 * At most `count` networks of the space, best first, each with the same candidate wherever a cell is repeated; the score is the logarithm
 * of the assignment's probability. A candidate that a choice does not have (Zero without a shortcut) is replaced by the most probable one
 * that it has. `cells`: of each choice the cell that it belongs to.
 */
export const stackCells = (
  choices: readonly ChoiceNode[],
  cells: readonly string[],
  distributions: CellDistributions,
  count: number,
): readonly { readonly choices: readonly number[]; readonly score: number }[] => {
  const order = [...distributions.keys()];
  const found = new Map<string, { readonly choices: readonly number[]; readonly score: number }>();
  for (const { score, names } of bestAssignments(distributions, count)) {
    const assigned = new Map(order.map((cell, index) => [cell, names[index]!]));
    const path = choices.map(({ candidates }, choice) => {
      const cell = cells[choice]!;
      const wanted = preferences(distributions.get(cell)!, assigned.get(cell)!);
      const name = wanted.find((preferred) => candidates.some((candidate) => candidate.name === preferred));
      return candidates.findIndex((candidate) => candidate.name === name);
    });
    const key = path.join(',');
    if (!found.has(key)) found.set(key, { choices: path, score });
  }
  return [...found.values()];
};
