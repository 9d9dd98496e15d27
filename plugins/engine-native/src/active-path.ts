// A mixture with a slot of memory for every active candidate.
import type { Mixture } from '@nasc/core';
import { slotOrder } from './arena-plan.ts';
import type { CompiledGraph } from './compiled-graph.ts';

/** An active candidate at a choice. */
export interface ActiveEntry {
  readonly candidate: number;
  readonly weight: number;
  readonly slot: number;
}

/** Entries of every choice, in the order of the mixture. */
export type ActivePath = readonly (readonly ActiveEntry[])[];

/** `mixture` was checked. */
export const activePath = (mixture: Mixture, { candidatePlans }: CompiledGraph): ActivePath =>
  mixture.map(({ indices, weights }, choice) => {
    const order = slotOrder(candidatePlans[choice]!, indices);
    return indices.map((candidate, entry) => ({ candidate, weight: weights[entry]!, slot: order.indexOf(candidate) }));
  });
