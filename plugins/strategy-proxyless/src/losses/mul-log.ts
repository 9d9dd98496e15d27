// The loss of the published search code. The reference and the scale are constant factors of it, and Adam does not see
// constant factors: only beta and the unit of E move the balance, so it cannot steer to a limit.
import type { LatencyLoss } from './latency-loss.ts';

/**
 * L = scale CE (ln E / ln reference)^beta; dL/dE = scale CE beta (ln E / ln reference)^(beta - 1) / (E ln reference).
 * Meaningless unless both E and the reference exceed 1 ms: below, the logarithm changes sign and faster is punished.
 */
export const mulLog = (
  crossEntropy: number,
  expectedMs: number,
  options: { readonly referenceMs: number; readonly scale: number; readonly beta: number },
): LatencyLoss => {
  const { referenceMs, scale, beta } = options;
  const ratio = Math.log(expectedMs) / Math.log(referenceMs);
  return {
    value: scale * crossEntropy * ratio ** beta,
    perCrossEntropy: scale * ratio ** beta,
    perMs: (scale * crossEntropy * beta * ratio ** (beta - 1)) / (expectedMs * Math.log(referenceMs)),
  };
};
