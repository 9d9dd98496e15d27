// The paper's equation 3 with a fixed weight. It steers to a trade-off, not to a limit.
import type { LatencyLoss } from './latency-loss.ts';

/** L = CE + lambda (E - reference) / reference */
export const addLinear = (
  crossEntropy: number,
  expectedMs: number,
  options: { readonly referenceMs: number; readonly lambda: number },
): LatencyLoss => ({
  value: crossEntropy + (options.lambda * (expectedMs - options.referenceMs)) / options.referenceMs,
  perCrossEntropy: 1,
  perMs: options.lambda / options.referenceMs,
});
