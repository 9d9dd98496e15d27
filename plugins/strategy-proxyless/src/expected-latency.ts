// Latency of the mixed network as a differentiable function of the gates' probabilities (ProxylessNAS, equation 2 and 3).
import type { LatencyTable } from '@nasc/core';

/** E = constant + sum over choices i and candidates j of p_ij F_ij, ms. */
export const expectedLatency = (probabilities: readonly ArrayLike<number>[], table: LatencyTable): number => {
  let sum = table.constantMs;
  for (const [i, candidatesMs] of table.candidatesMs.entries()) {
    for (const [j, ms] of candidatesMs.entries()) sum += probabilities[i]![j]! * ms;
  }
  return sum;
};

/** dE/dalpha_i = p_i (F_i - sum_k p_k F_k) for one choice, ms. */
export const expectedLatencyGradient = (p: ArrayLike<number>, candidatesMs: ArrayLike<number>): Float64Array => {
  let mean = 0;
  for (let k = 0; k < p.length; k++) mean += p[k]! * candidatesMs[k]!;
  return Float64Array.from(p, (probability, i) => probability * (candidatesMs[i]! - mean));
};

/** Latencies of the fastest and the slowest network of the space, ms: every expected latency lies between them. */
export const latencyRange = ({ constantMs, candidatesMs }: LatencyTable): { readonly leastMs: number; readonly mostMs: number } => ({
  leastMs: candidatesMs.reduce((sum, candidates) => sum + Math.min(...candidates), constantMs),
  mostMs: candidatesMs.reduce((sum, candidates) => sum + Math.max(...candidates), constantMs),
});
