// A mixture, checked, with a slot of memory for every active candidate.
import type { Mixture } from '@nasc/core';
import { slotOrder } from './arena-plan.ts';
import type { CompiledGraph } from './compiled-graph.ts';
import { fail, messages } from './messages.ts';

/** An active candidate at a choice. */
export interface ActiveEntry {
  readonly candidate: number;
  readonly weight: number;
  readonly slot: number;
}

/** Entries of every choice, in the order of the mixture. */
export type ActivePath = readonly (readonly ActiveEntry[])[];

/** Throws ENGINE_MIXTURE where the mixture does not fit the graph, or activates more candidates than memory is planned for. */
export const activePath = (mixture: Mixture, { cut, candidatePlans }: CompiledGraph, activePaths: number): ActivePath => {
  const { choices } = cut;
  if (mixture.length !== choices.length) fail(messages.badMixture('', `${mixture.length} entries for ${choices.length} choices`));
  return mixture.map(({ indices, weights }, choice) => {
    const { node, candidates } = choices[choice]!;
    const bad = (detail: string) => fail(messages.badMixture(node.id, detail));
    if (indices.length === 0 || indices.length !== weights.length) bad(`${indices.length} indices and ${weights.length} weights`);
    if (indices.length > activePaths) bad(`${indices.length} candidates, but the program was compiled for ${activePaths}`);
    if (new Set(indices).size !== indices.length) bad(`a candidate twice in ${indices.join(', ')}`);
    for (const index of indices) if (!candidates[index]) bad(`there is no candidate ${index}`);
    const order = slotOrder(candidatePlans[choice]!, indices);
    return indices.map((candidate, entry) => ({ candidate, weight: weights[entry]!, slot: order.indexOf(candidate) }));
  });
};
