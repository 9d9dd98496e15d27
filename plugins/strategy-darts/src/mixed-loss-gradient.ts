// The gradient of the relaxed search problem: every choice outputs sum_j p_j o_j(x), p = softmax(alpha), and p is all that the loss
// depends on besides the weights (DARTS, Liu, Simonyan and Yang, 2019, equation 2).
import { addCostGradient, alphaGradient, expectedCost } from '@nasc/search';
import type { Objective } from '@nasc/search';

export interface MixedLoss {
  /** Softmax of the architecture parameters, by choice. */
  readonly probabilities: readonly Float64Array[];
  /** Cross-entropy of the mixed network, nats, and its derivative by the weight of every candidate. */
  readonly crossEntropy: number;
  readonly weightGradients: readonly (readonly number[])[];
  readonly objective: Objective;
  readonly multipliers: readonly number[];
}

export interface MixedLossGradient {
  /** Of cross-entropy and expected costs together. */
  readonly value: number;
  /** Expected costs, in the objective's order. */
  readonly expected: readonly number[];
  /** dL/dalpha by choice. */
  readonly gradients: readonly Float64Array[];
}

/** dL/dalpha_i = sum_j (dL/dCE dCE/dp_j + sum over costs c of dL/dE_c dE_c/dp_j) p_j (delta_ij - p_i). */
export const mixedLossGradient = (given: MixedLoss): MixedLossGradient => {
  const { probabilities, crossEntropy, weightGradients, objective, multipliers } = given;
  const expected = objective.costs.map((table) => expectedCost(probabilities, table));
  const values = expected.map(({ value }) => value);
  const { value, perCrossEntropy, perCost } = objective.evaluate(crossEntropy, values, multipliers);
  const costs = objective.costs.map((table, cost) => ({ table, expected: expected[cost]!, perCost: perCost[cost]! }));
  const gradients = probabilities.map((p, choice) => {
    const gradient = alphaGradient(p, weightGradients[choice]!).map((g) => perCrossEntropy * g);
    addCostGradient(gradient, p, choice, costs);
    return gradient;
  });
  return { value, expected: values, gradients };
};
