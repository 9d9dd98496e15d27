// A loss of cross-entropy and expected costs, as far as a search needs it: its value and its partial derivatives.

export interface ObjectiveValue {
  readonly value: number;
  /** dL/dCE: the gates' gradients are scaled by it. */
  readonly perCrossEntropy: number;
  /** dL/dE of each cost, per its unit. */
  readonly perCost: readonly number[];
}

/** What one cost adds to the cross-entropy. */
export interface PenaltyTerm {
  readonly value: number;
  readonly perCost: number;
}

export const addTerms = (crossEntropy: number, terms: readonly PenaltyTerm[]): ObjectiveValue => ({
  value: terms.reduce((sum, { value }) => sum + value, crossEntropy),
  perCrossEntropy: 1,
  perCost: terms.map(({ perCost }) => perCost),
});
