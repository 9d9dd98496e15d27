// The paper's equation 3 with a fixed weight. It steers to a trade-off, not to a limit.
import type { PenaltyTerm } from './loss.ts';

/** lambda (E - reference) / reference */
export const addLinear = (expected: number, options: { readonly reference: number; readonly lambda: number }): PenaltyTerm => ({
  value: (options.lambda * (expected - options.reference)) / options.reference,
  perCost: options.lambda / options.reference,
});
