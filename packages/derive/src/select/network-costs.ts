// The costs of one network beside what it was allowed to cost.
import type { CostTable, NetworkCost } from '@nasc/core';
import { pathCost } from '@nasc/search';

export const networkCosts = (costs: readonly CostTable[], choices: readonly number[]): readonly NetworkCost[] =>
  costs.map((table) => ({ name: table.name, unit: table.unit, predicted: pathCost(table, choices), limit: table.limit }));
