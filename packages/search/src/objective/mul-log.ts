// The loss of the published search code. References and the scale are constant factors of it, and Adam does not see constant factors:
// only beta and the unit of E move the balance, so it cannot steer to a limit.
import type { ObjectiveValue } from './loss.ts';

export interface MulLogOptions {
  /** Of each cost. */
  readonly references: readonly number[];
  readonly scale: number;
  readonly beta: number;
}

/**
 * L = scale CE prod_c r_c^beta with r_c = ln E_c / ln reference_c; dL/dE_c = L beta / (r_c E_c ln reference_c). Published with one cost.
 * Meaningless unless every E and every reference exceed 1 of their unit: below, the logarithm changes sign and cheaper is punished.
 */
export const mulLog = (crossEntropy: number, expected: readonly number[], { references, scale, beta }: MulLogOptions): ObjectiveValue => {
  const ratios = expected.map((value, cost) => Math.log(value) / Math.log(references[cost]!));
  const perCrossEntropy = ratios.reduce((product, ratio) => product * ratio ** beta, scale);
  const value = crossEntropy * perCrossEntropy;
  return {
    value,
    perCrossEntropy,
    perCost: ratios.map((ratio, cost) => (value * beta) / (ratio * expected[cost]! * Math.log(references[cost]!))),
  };
};
