// A cost of the mixed network as a differentiable function of the gates' probabilities (ProxylessNAS, equations 2 and 3).
import type { CostTable } from '@nasc/core';

export interface ExpectedCost {
  readonly value: number;
  /** Whether the gates of a choice move it: all do where costs add up, those of the dearest choice where the largest counts. */
  dependsOn(choice: number): boolean;
}

const dot = (p: ArrayLike<number>, costs: readonly number[]): number => {
  let sum = 0;
  for (let j = 0; j < costs.length; j++) sum += p[j]! * costs[j]!;
  return sum;
};

/**
 * `sum`: E = constant + sum over choices i and candidates j of p_ij F_ij. `max`: E = max(constant, max over i of sum over j of p_ij F_ij),
 * the cost of the choice that is expected to be the dearest.
 */
export const expectedCost = (probabilities: readonly ArrayLike<number>[], { combine, constant, candidates }: CostTable): ExpectedCost => {
  const perChoice = candidates.map((costs, i) => dot(probabilities[i]!, costs));
  if (combine === 'sum') return { value: perChoice.reduce((sum, cost) => sum + cost, constant), dependsOn: () => true };
  const value = Math.max(constant, ...perChoice);
  const dearest = value > constant ? perChoice.indexOf(value) : -1;
  return { value, dependsOn: (choice) => choice === dearest };
};

/** d(sum_k p_k F_k)/dalpha_i = p_i (F_i - sum_k p_k F_k) for one choice, in the cost's unit. */
export const expectedCostGradient = (p: ArrayLike<number>, costs: readonly number[]): Float64Array => {
  const mean = dot(p, costs);
  return Float64Array.from(p, (probability, i) => probability * (costs[i]! - mean));
};

/** A cost that takes part in a loss, and how it enters. */
export interface WeighedCost {
  readonly table: Pick<CostTable, 'candidates'>;
  readonly expected: ExpectedCost;
  /** dL/dE, per the cost's unit. */
  readonly perCost: number;
}

/** Adds to dL/dalpha of one choice what it owes to the costs: sum over costs of dL/dE dE/dalpha. In place. */
export const addCostGradient = (gradient: Float64Array, p: ArrayLike<number>, choice: number, costs: readonly WeighedCost[]): void => {
  for (const { table, expected, perCost } of costs) {
    if (!expected.dependsOn(choice)) continue;
    for (const [i, g] of expectedCostGradient(p, table.candidates[choice]!).entries()) gradient[i]! += perCost * g;
  }
};
