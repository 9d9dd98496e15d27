// The reward of TuNAS (Bender et al., 2020) as a loss: what is cheaper than the reference costs as much as what is dearer, so that the
// search ends at the reference from both sides.
import type { PenaltyTerm } from './loss.ts';

/** lambda |E / reference - 1|; the derivative at the reference itself is 0. */
export const absolute = (expected: number, options: { readonly reference: number; readonly lambda: number }): PenaltyTerm => ({
  value: options.lambda * Math.abs(expected / options.reference - 1),
  perCost: (options.lambda * Math.sign(expected - options.reference)) / options.reference,
});
