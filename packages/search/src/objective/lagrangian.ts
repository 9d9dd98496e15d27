// The default: a penalty whose weight is found on the way, so that the expected cost ends at the limit.
import type { PenaltyTerm } from './loss.ts';

export interface LagrangianOptions {
  readonly limit: number;
  /** The multiplier, at least 0. */
  readonly lambda: number;
  /** kappa; 0 for the plain Lagrangian. */
  readonly damping: number;
}

/**
 * With the violation v = (E - limit) / limit: lambda v, and with damping the augmented Lagrangian of an inequality
 * (max(0, lambda + kappa v)^2 - lambda^2) / (2 kappa) (Rockafellar, 1973). Its gradient reacts to v at once, where lambda alone reacts to
 * the sum of past violations, so E overshoots and swings less on its way to the limit.
 */
export const lagrangian = (expected: number, { limit, lambda, damping }: LagrangianOptions): PenaltyTerm => {
  const violation = (expected - limit) / limit;
  const weight = Math.max(0, lambda + damping * violation);
  return {
    value: damping === 0 ? lambda * violation : (weight ** 2 - lambda ** 2) / (2 * damping),
    perCost: weight / limit,
  };
};

/** lambda <- max(0, lambda + eta v): it grows while the limit is exceeded and shrinks while it is kept. */
export const nextLambda = (lambda: number, expected: number, { limit, eta }: { readonly limit: number; readonly eta: number }): number =>
  Math.max(0, lambda + (eta * (expected - limit)) / limit);
