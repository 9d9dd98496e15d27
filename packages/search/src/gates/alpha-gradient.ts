// From gradients of the binary gates to gradients of the architecture parameters (ProxylessNAS, equations 4 and 5).

/**
 * dL/dalpha_i = sum_j dL/dg_j p_j (delta_ij - p_i) = p_i (g_i - sum_j p_j g_j), where g_j stands for dL/dg_j.
 * Modes `full` and `full_v2`: all candidates take part.
 */
export const alphaGradient = (p: ArrayLike<number>, gateGradients: ArrayLike<number>): Float64Array => {
  let mean = 0;
  for (let j = 0; j < p.length; j++) mean += p[j]! * gateGradients[j]!;
  return Float64Array.from(p, (probability, i) => probability * (gateGradients[i]! - mean));
};

/**
 * Mode `two`: the same over the two sampled candidates, with p renormalised over them; every other gradient is 0.
 * `gateGradients` is read at the two indices only.
 */
export const alphaGradientOfPair = (
  alpha: ArrayLike<number>,
  gateGradients: ArrayLike<number>,
  pair: readonly [number, number],
): Float64Array => {
  const [first, second] = pair;
  const p = pairProbabilities(alpha, pair);
  const ofPair = alphaGradient(p, [gateGradients[first]!, gateGradients[second]!]);
  const gradient = new Float64Array(alpha.length);
  gradient[first] = ofPair[0]!;
  gradient[second] = ofPair[1]!;
  return gradient;
};

/** Softmax over two of the candidates. */
export const pairProbabilities = (alpha: ArrayLike<number>, [first, second]: readonly [number, number]): readonly [number, number] => {
  const p = 1 / (1 + Math.exp(alpha[second]! - alpha[first]!));
  return [p, 1 - p];
};
