// Mode `two`, after the optimizer's step: only the two sampled parameters moved, so the others' probabilities would change
// with the sum. Both are shifted so that it stays.

const logSumOfPair = (alpha: ArrayLike<number>, [first, second]: readonly [number, number]): number => {
  const largest = Math.max(alpha[first]!, alpha[second]!);
  return largest + Math.log(Math.exp(alpha[first]! - largest) + Math.exp(alpha[second]! - largest));
};

/**
 * Shifts both of the pair in `alpha` by -log((sum exp new) / (sum exp old)) over the two, and returns that logarithm.
 * Probabilities of all other candidates are then exactly what they were.
 */
export const rescalePair = (alpha: Float64Array, before: ArrayLike<number>, pair: readonly [number, number]): number => {
  const offset = logSumOfPair(alpha, pair) - logSumOfPair(before, pair);
  for (const index of pair) alpha[index]! -= offset;
  return offset;
};
