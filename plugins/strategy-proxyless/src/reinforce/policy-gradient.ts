// REINFORCE (Williams, 1992) for the gates (ProxylessNAS, section 3.3.2 and equation 6).

export interface Baseline {
  /** What the rewards of this step are compared with. */
  readonly used: number;
  readonly next: number;
}

/**
 * `published`: b <- b + weight (mean - b), the first time b <- mean, and the moved b is used. `moving-average`: the b before the step is
 * used (the mean of the step the first time), then moved. `none`: 0.
 */
export const moveBaseline = (
  kind: 'published' | 'moving-average' | 'none',
  before: number | null,
  rewards: readonly number[],
  weight: number,
): Baseline => {
  if (kind === 'none') return { used: 0, next: 0 };
  const mean = rewards.reduce((sum, value) => sum + value, 0) / rewards.length;
  const known = before ?? mean;
  const next = known + weight * (mean - known);
  return { used: kind === 'published' ? next : known, next };
};

/**
 * Gradient of the loss -J: (1/M) sum over samples m of (R_m - b) (p - onehot(s_m)), for one choice; d(-log p_s)/dalpha = p - onehot(s).
 * `advantages` are the R_m - b.
 */
export const policyGradient = (p: Float64Array, sampled: readonly number[], advantages: readonly number[]): Float64Array => {
  const gradient = new Float64Array(p.length);
  for (const [sample, chosen] of sampled.entries()) {
    const share = advantages[sample]! / sampled.length;
    for (let i = 0; i < p.length; i++) gradient[i]! += share * (p[i]! - (i === chosen ? 1 : 0));
  }
  return gradient;
};
