// The default: a penalty whose weight is found on the way, so that the expected latency ends at the limit.
import type { LatencyLoss } from './latency-loss.ts';

/** L = CE + lambda (E - limit) / limit */
export const lagrangian = (
  crossEntropy: number,
  expectedMs: number,
  options: { readonly limitMs: number; readonly lambda: number },
): LatencyLoss => ({
  value: crossEntropy + (options.lambda * (expectedMs - options.limitMs)) / options.limitMs,
  perCrossEntropy: 1,
  perMs: options.lambda / options.limitMs,
});

/** lambda <- max(0, lambda + eta (E - limit) / limit): it grows while the limit is exceeded and shrinks while it is kept. */
export const nextLambda = (lambda: number, expectedMs: number, options: { readonly limitMs: number; readonly eta: number }): number =>
  Math.max(0, lambda + (options.eta * (expectedMs - options.limitMs)) / options.limitMs);
