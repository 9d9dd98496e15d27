// Gradients by central differences, in float64: what the gradient kernels have to agree with.

const step = 1e-5;

/** d f / d values[i] for every i. */
export const centralDifferences = (values: ArrayLike<number>, f: (values: Float64Array) => number): Float64Array => {
  const at = Float64Array.from(values);
  return at.slice().map((value, index) => {
    at[index] = value + step;
    const above = f(at);
    at[index] = value - step;
    const below = f(at);
    at[index] = value;
    return (above - below) / (2 * step);
  });
};
