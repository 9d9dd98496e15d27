// The problem that selection under limits is: one candidate a choice, gains additive over choices, costs additive or the largest.

export interface KnapsackLimit {
  /** Cost of each candidate by choice, not negative. */
  readonly costs: readonly (readonly number[])[];
  /** What is limited: the sum of the constant and over choices, or the largest of them. */
  readonly combine: 'sum' | 'max';
  /** What every network costs besides. */
  readonly constant: number;
  readonly limit: number;
}

export interface KnapsackProblem {
  /** Gain of each candidate by choice; the sum is maximised. Finite. */
  readonly gains: readonly (readonly number[])[];
  readonly limits: readonly KnapsackLimit[];
  /** How many networks are wanted. */
  readonly count: number;
}

export interface KnapsackSolution {
  readonly choices: readonly number[];
  readonly gain: number;
}

/** One limited sum over the candidates that are left. */
export type LimitedSum = Omit<KnapsackLimit, 'combine'>;

export type Gains = readonly (readonly number[])[];
