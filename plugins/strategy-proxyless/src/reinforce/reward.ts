// The reward of a sampled network (ProxylessNAS, section 3.3.2, after MnasNet, Tan et al., 2019).

export interface RewardedCost {
  /** Of the sampled network. */
  readonly cost: number;
  readonly reference: number;
}

export interface RewardOptions {
  readonly tradeoff: number;
  /** Limits each factor to 1: nothing is gained by costing less than the reference (nnabla-nas does so). */
  readonly capped: boolean;
}

/** R = accuracy * product over costs of (reference / cost)^w, accuracy from 0 to 1. */
export const reward = (accuracy: number, costs: readonly RewardedCost[], { tradeoff, capped }: RewardOptions): number =>
  costs.reduce((product, { cost, reference }) => {
    const ratio = reference / cost;
    return product * (capped ? Math.min(1, ratio) : ratio) ** tradeoff;
  }, accuracy);
