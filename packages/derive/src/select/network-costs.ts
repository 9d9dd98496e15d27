// The costs of one network beside what it was allowed to cost.
import type { CostTable, Footprint, NetworkCost } from '@nasc/core';
import { pathCost } from '@nasc/search';

/** What a cost comes to when the target plans the whole network; undefined for costs that no plan tells. */
const plannedCost = (name: CostTable['name'], { arenaBytes, weightBytes, codeBytes = 0 }: Footprint): number | undefined => {
  if (name === 'memory') return arenaBytes;
  return name === 'storage' ? weightBytes + codeBytes : undefined;
};

/** `footprint`: of the network itself, where the target plans it. */
export const networkCosts = (costs: readonly CostTable[], choices: readonly number[], footprint?: Footprint): readonly NetworkCost[] =>
  costs.map((table) => {
    const planned = footprint && plannedCost(table.name, footprint);
    return {
      name: table.name,
      unit: table.unit,
      predicted: pathCost(table, choices),
      ...(planned !== undefined && { planned }),
      limit: table.limit,
    };
  });

/** The planned value where there is one, else the predicted one. */
export const reachedCost = ({ predicted, planned }: NetworkCost): number => planned ?? predicted;

/** By how much the worst limit is exceeded: 1 on the limit itself. */
export const worstExcess = (reached: readonly NetworkCost[]): number =>
  Math.max(0, ...reached.map((cost) => (cost.limit === undefined ? 0 : reachedCost(cost) / cost.limit)));
