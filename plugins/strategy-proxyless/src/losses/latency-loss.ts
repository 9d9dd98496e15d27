// A loss of cross-entropy and expected latency, as far as the search needs it: its value and its two partial derivatives.

export interface LatencyLoss {
  readonly value: number;
  /** dL/dCE: the gates' gradients are scaled by it. */
  readonly perCrossEntropy: number;
  /** dL/dE, per ms. */
  readonly perMs: number;
}
