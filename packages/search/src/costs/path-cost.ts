// What networks cost: one of the space, the cheapest, the dearest, a uniformly sampled one.
import type { CostTable } from '@nasc/core';

type Costs = Pick<CostTable, 'combine' | 'constant' | 'candidates'>;

const combined = ({ combine, constant }: Costs, perChoice: readonly number[]): number =>
  combine === 'sum' ? perChoice.reduce((sum, cost) => sum + cost, constant) : Math.max(constant, ...perChoice);

/** Cost of one network, given by its candidate at each choice. */
export const pathCost = (costs: Costs, choices: readonly number[]): number =>
  combined(
    costs,
    choices.map((chosen, choice) => costs.candidates[choice]![chosen]!),
  );

/** Cost of the cheapest network. */
export const leastCost = (costs: Costs): number =>
  combined(
    costs,
    costs.candidates.map((candidates) => Math.min(...candidates)),
  );

/** Cost of the dearest network. */
export const mostCost = (costs: Costs): number =>
  combined(
    costs,
    costs.candidates.map((candidates) => Math.max(...candidates)),
  );

/** Expected cost of a network whose candidates are drawn uniformly; for `max` that of the choice with the dearest mean. */
export const uniformCost = (costs: Costs): number =>
  combined(
    costs,
    costs.candidates.map((candidates) => candidates.reduce((sum, cost) => sum + cost, 0) / candidates.length),
  );
