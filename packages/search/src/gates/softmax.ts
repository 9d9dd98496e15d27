// Probabilities of a choice's candidates from its architecture parameters.

/** p_i = exp(alpha_i) / sum_j exp(alpha_j), with the maximum subtracted first so that nothing overflows. */
export const softmax = (alpha: ArrayLike<number>): Float64Array => {
  const p = Float64Array.from(alpha);
  const largest = p.reduce((maximum, value) => Math.max(maximum, value), -Infinity);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i] = Math.exp(p[i]! - largest);
  for (let i = 0; i < p.length; i++) p[i]! /= sum;
  return p;
};

/** log p_i = alpha_i - log sum_j exp(alpha_j): finite where p_i itself underflows. */
export const logSoftmax = (alpha: ArrayLike<number>): Float64Array => {
  const values = Float64Array.from(alpha);
  const largest = values.reduce((maximum, value) => Math.max(maximum, value), -Infinity);
  const logSum = largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return values.map((value) => value - logSum);
};
