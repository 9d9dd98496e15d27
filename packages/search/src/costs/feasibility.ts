// Whether limits can be kept, and what is nearest where they cannot: before anything is searched.
import type { CostTable } from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import { knapsack } from '../knapsack/knapsack.ts';
import { messages } from '../messages.ts';
import { leastCost, pathCost } from './path-cost.ts';

/** The least of one cost over all networks that keep the limits of others; undefined where none does. */
export const leastUnder = (table: CostTable, others: readonly CostTable[]): number | undefined => {
  const limits = others.flatMap(({ candidates, combine, constant, limit }) =>
    limit === undefined ? [] : [{ costs: candidates, combine, constant, limit }],
  );
  const cheapest = (gains: readonly (readonly number[])[], more: typeof limits = []) =>
    knapsack({ gains, limits: [...limits, ...more], count: 1 })[0];
  if (table.combine === 'sum') {
    const found = cheapest(table.candidates.map((costs) => costs.map((cost) => -cost)));
    return found && pathCost(table, found.choices);
  }
  // The largest of a network's values is one of the table's: the smallest that leaves a network.
  const values = [...new Set([table.constant, ...table.candidates.flat()])]
    .filter((value) => value >= table.constant)
    .toSorted((a, b) => a - b);
  const nothing = table.candidates.map((costs) => costs.map(() => 0));
  const fits = (limit: number) =>
    cheapest(nothing, [{ costs: table.candidates, combine: 'max', constant: table.constant, limit }]) !== undefined;
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(values[middle]!)) high = middle;
    else low = middle + 1;
  }
  return values[low];
};

/** Subsets of `size`, in order. */
const subsets = <T>(items: readonly T[], size: number): readonly (readonly T[])[] => {
  if (size === 0) return [[]];
  return items.flatMap((item, index) => subsets(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]));
};

export interface NearestLimit {
  readonly table: CostTable;
  /** What the limit would have to be. */
  readonly least: number;
  /** The limits that are kept then. */
  readonly kept: readonly CostTable[];
}

/** What one limit would have to be: so that all others are kept, or, where these cannot be kept together, those that it conflicts with. */
const nearest = (table: CostTable, conflict: readonly CostTable[], limited: readonly CostTable[]): NearestLimit => {
  const without = (tables: readonly CostTable[]) => tables.filter((other) => other !== table);
  const all = leastUnder(table, without(limited));
  if (all !== undefined) return { table, least: all, kept: without(limited) };
  return { table, least: leastUnder(table, without(conflict))!, kept: without(conflict) };
};

/** Every limit that no network keeps, and every set of limits that none keeps together while it keeps any part of it. */
export const infeasibleLimits = (tables: readonly CostTable[]): readonly Diagnostic[] => {
  const limited = tables.filter(({ limit }) => limit !== undefined);
  const alone = limited.filter((table) => leastCost(table) > table.limit!);
  const possible = limited.filter((table) => !alone.includes(table));
  const problems: Diagnostic[] = alone.map((table) => {
    const others = possible.filter(({ limit }) => limit !== undefined);
    return messages.limitInfeasible(table, leastCost(table), leastUnder(table, others) ?? leastCost(table));
  });
  const conflicts: (readonly CostTable[])[] = [];
  for (let size = 2; size <= possible.length; size++) {
    for (const set of subsets(possible, size)) {
      if (conflicts.some((conflict) => conflict.every((table) => set.includes(table)))) continue;
      const [first, ...rest] = set;
      if (leastUnder(first!, rest)! > first!.limit!) conflicts.push(set);
    }
  }
  return [
    ...problems,
    ...conflicts.map((set) =>
      messages.limitsConflict(
        set,
        set.map((table) => nearest(table, set, possible)),
      ),
    ),
  ];
};
