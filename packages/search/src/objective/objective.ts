// The configured loss as one function of cross-entropy, expected costs and multipliers, its preconditions checked once.
import type { CostTable } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { leastCost } from '../costs/path-cost.ts';
import { messages } from '../messages.ts';
import { absolute } from './absolute.ts';
import { addLinear } from './add-linear.ts';
import { lagrangian, nextLambda } from './lagrangian.ts';
import { addTerms } from './loss.ts';
import type { ObjectiveValue } from './loss.ts';
import { mulLog } from './mul-log.ts';
import type { ObjectiveOptions } from './objective-options.ts';

export interface Objective {
  /** The costs that take part; expected costs and multipliers stand in this order. */
  readonly costs: readonly CostTable[];
  readonly initialMultipliers: readonly number[];
  evaluate(crossEntropy: number, expected: readonly number[], multipliers: readonly number[]): ObjectiveValue;
  /** Names of the multipliers in a history, and their values. */
  readonly columns: readonly string[];
  row(multipliers: readonly number[]): Readonly<Record<string, number>>;
  /** After each architecture step. */
  nextMultipliers(multipliers: readonly number[], expected: readonly number[]): readonly number[];
}

const multiplierColumns = (costs: readonly CostTable[]): Pick<Objective, 'columns' | 'row'> => {
  const columns = costs.map(({ name }) => `lambda.${name}`);
  return { columns, row: (multipliers) => Object.fromEntries(columns.map((column, cost) => [column, multipliers[cost]!])) };
};

/** What a cost is compared with: the reference of the options, else its limit. */
export const referenceOf = ({ name, limit }: CostTable, { references = {} }: Pick<ObjectiveOptions, 'references'>): number | undefined =>
  references[name] ?? limit;

const steered = (costs: readonly CostTable[], { lambda = 0, damping, eta }: ObjectiveOptions): Objective => ({
  costs,
  ...multiplierColumns(costs),
  initialMultipliers: costs.map(() => lambda),
  evaluate: (crossEntropy, expected, multipliers) =>
    addTerms(
      crossEntropy,
      costs.map(({ limit }, cost) => lagrangian(expected[cost]!, { limit: limit!, lambda: multipliers[cost]!, damping })),
    ),
  nextMultipliers: (multipliers, expected) =>
    costs.map(({ limit }, cost) => nextLambda(multipliers[cost]!, expected[cost]!, { limit: limit!, eta })),
});

/** A penalty with a weight that stays. */
const weighted = (
  costs: readonly CostTable[],
  penalty: typeof addLinear,
  { references, lambda }: { readonly references: readonly number[]; readonly lambda: number },
): Objective => ({
  costs,
  ...multiplierColumns(costs),
  initialMultipliers: costs.map(() => lambda),
  evaluate: (crossEntropy, expected) =>
    addTerms(
      crossEntropy,
      expected.map((value, cost) => penalty(value, { reference: references[cost]!, lambda })),
    ),
  nextMultipliers: (multipliers) => multipliers,
});

/**
 * Every cost with a limit takes part, and for other losses than the Lagrangian every cost with a reference; cross-entropy alone is left
 * where the Lagrangian has no limit. Throws SEARCH_REFERENCE_MISSING, SEARCH_MUL_LOG_BELOW_ONE.
 */
export const createObjective = (options: ObjectiveOptions, all: readonly CostTable[]): Objective => {
  if (options.loss === 'lagrangian') {
    return steered(
      all.filter(({ limit }) => limit !== undefined),
      options,
    );
  }
  const costs = all.filter((cost) => referenceOf(cost, options) !== undefined);
  if (costs.length === 0) throw new DiagnosticError([messages.referenceMissing(options.loss)]);
  const references = costs.map((cost) => referenceOf(cost, options)!);
  if (options.loss === 'add#linear') return weighted(costs, addLinear, { references, lambda: options.lambda ?? 0.1 });
  if (options.loss === 'absolute') return weighted(costs, absolute, { references, lambda: options.lambda ?? 1 });

  const tooSmall = costs.filter((cost, index) => !(leastCost(cost) > 1 && references[index]! > 1));
  if (tooSmall.length > 0)
    throw new DiagnosticError(tooSmall.map((cost) => messages.mulLogUnit(cost, leastCost(cost), referenceOf(cost, options)!)));
  const { scale, beta } = options;
  return {
    costs,
    ...multiplierColumns(costs),
    initialMultipliers: costs.map(() => 0),
    evaluate: (crossEntropy, expected) => mulLog(crossEntropy, expected, { references, scale, beta }),
    nextMultipliers: (multipliers) => multipliers,
  };
};
