// Limits on memory and storage hold for what is emitted: of the networks that keep them by the sums of the cost model, those are proposed
// that keep them when the target plans them whole.
import type { CostTable, Footprint, NetworkCost } from '@nasc/core';
import { leastUnder } from '@nasc/search';
import { networkCosts, reachedCost } from './network-costs.ts';

/** Each further attempt looks at twice as many networks. */
const attempts = 4;

export interface PlannedProposals {
  readonly costs: readonly CostTable[];
  readonly count: number;
  /** At most `count` networks that keep the limits of such costs, best first. */
  propose(costs: readonly CostTable[], count: number): readonly (readonly number[])[];
  /** Undefined where the target does not plan memory: its model of the costs then stands. */
  footprint(choices: readonly number[]): Promise<Footprint | undefined>;
}

export interface Proposed {
  readonly networks: readonly (readonly number[])[];
  /** Where there are none: what was planned, and exceeds a limit. */
  readonly refused: readonly (readonly NetworkCost[])[];
}

/** Whether limits are to be held against a plan at all. */
export const needsPlan = (costs: readonly CostTable[]): boolean =>
  costs.some(({ name, limit }) => limit !== undefined && (name === 'memory' || name === 'storage'));

/**
 * At most `count` networks, best first, that keep the limits as planned. Where too few of the best ones do, the limits of the cost model are
 * lowered by the least that a plan exceeded it by (the code, which no sum knows), and more networks are looked at. After a few such attempts
 * what was found is all that is proposed.
 */
export const proposePlanned = async ({ costs, count, propose, footprint }: PlannedProposals): Promise<Proposed> => {
  if (!needsPlan(costs)) return { networks: propose(costs, count), refused: [] };
  const planned = new Map<string, readonly NetworkCost[]>();
  let networks: (readonly number[])[] = [];
  const look = async (choices: readonly number[]): Promise<boolean> => {
    const key = choices.join(',');
    const reached = planned.get(key) ?? networkCosts(costs, choices, await footprint(choices));
    planned.set(key, reached);
    return reached.every((cost) => cost.name === 'latency' || cost.limit === undefined || reachedCost(cost) <= cost.limit);
  };
  for (let attempt = 0, wanted = count; attempt < attempts; attempt++, wanted *= 2) {
    const above = (name: CostTable['name']): number => {
      const excesses = [...planned.values()].flatMap((reached) =>
        reached.filter((cost) => cost.name === name).map((cost) => reachedCost(cost) - cost.predicted),
      );
      return excesses.length > 0 ? Math.max(0, Math.min(...excesses)) : 0;
    };
    const proposed = propose(
      costs.map((table) => (table.limit === undefined ? table : { ...table, limit: table.limit - above(table.name) })),
      wanted,
    );
    networks = [];
    for (const choices of proposed) {
      if (await look(choices)) networks.push(choices);
      if (networks.length === count) break;
    }
    if (networks.length === count || proposed.length < wanted) break;
  }
  // Nothing is refused before the smallest network of all was planned.
  for (const table of networks.length > 0 ? [] : costs.filter((cost) => needsPlan([cost]))) {
    const least = leastUnder(
      table,
      costs.filter((other) => other !== table),
    );
    const smallest =
      least === undefined
        ? []
        : propose(
            costs.map((other) => (other === table ? { ...table, limit: least } : other)),
            1,
          );
    for (const choices of smallest) if (await look(choices)) networks.push(choices);
  }
  return { networks, refused: networks.length > 0 ? [] : [...planned.values()] };
};
