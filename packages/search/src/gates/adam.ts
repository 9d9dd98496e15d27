// The optimizer of the architecture parameters (Kingma and Ba, 2015). With beta1 = 0, as published, a parameter whose
// gradient is 0 stays where it is: with momentum, candidates that were not sampled would drift on.

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** L2 added to the gradient; 0 when absent. */
  readonly weightDecay?: number;
}

/** Of the published search: the rate apart. */
export const publishedAdam = { beta1: 0, beta2: 0.999, epsilon: 1e-8 } as const;

export interface AdamState {
  readonly mean: Float64Array;
  readonly square: Float64Array;
  step: number;
}

export const adamState = (size: number): AdamState => ({ mean: new Float64Array(size), square: new Float64Array(size), step: 0 });

/**
 * g <- g + decay alpha; m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2;
 * alpha <- alpha - rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon). Changes `parameters` and `state` in place.
 */
export const adamStep = (parameters: Float64Array, gradient: ArrayLike<number>, state: AdamState, options: AdamOptions): void => {
  const { learningRate, beta1, beta2, epsilon, weightDecay = 0 } = options;
  state.step++;
  const meanCorrection = 1 - beta1 ** state.step;
  const squareCorrection = 1 - beta2 ** state.step;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]! + weightDecay * parameters[i]!;
    const mean = (state.mean[i] = beta1 * state.mean[i]! + (1 - beta1) * g);
    const square = (state.square[i] = beta2 * state.square[i]! + (1 - beta2) * g * g);
    parameters[i]! -= (learningRate * (mean / meanCorrection)) / (Math.sqrt(square / squareCorrection) + epsilon);
  }
};
