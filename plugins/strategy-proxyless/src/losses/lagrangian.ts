// The default: a penalty whose weight is found on the way, so that the expected latency ends at the limit.
import type { LatencyLoss } from './latency-loss.ts';

export interface LagrangianOptions {
  readonly limitMs: number;
  /** The multiplier, at least 0. */
  readonly lambda: number;
  /** kappa; 0 for the plain Lagrangian. */
  readonly damping: number;
}

/**
 * With the violation v = (E - limit) / limit: L = CE + lambda v, and with damping the augmented Lagrangian of an inequality
 * L = CE + (max(0, lambda + kappa v)^2 - lambda^2) / (2 kappa) (Rockafellar, 1973). Its gradient reacts to v at once, where lambda alone
 * reacts to the sum of past violations, so E overshoots and swings less on its way to the limit.
 */
export const lagrangian = (crossEntropy: number, expectedMs: number, { limitMs, lambda, damping }: LagrangianOptions): LatencyLoss => {
  const violation = (expectedMs - limitMs) / limitMs;
  const weight = Math.max(0, lambda + damping * violation);
  return {
    value: crossEntropy + (damping === 0 ? lambda * violation : (weight ** 2 - lambda ** 2) / (2 * damping)),
    perCrossEntropy: 1,
    perMs: weight / limitMs,
  };
};

/** lambda <- max(0, lambda + eta v): it grows while the limit is exceeded and shrinks while it is kept. */
export const nextLambda = (
  lambda: number,
  expectedMs: number,
  { limitMs, eta }: { readonly limitMs: number; readonly eta: number },
): number => Math.max(0, lambda + (eta * (expectedMs - limitMs)) / limitMs);
