// Means and intervals of the comparisons.

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const variance = (values) => {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
};

/** Quantile 0.975 of Student's t (Cornish-Fisher expansion around the normal; exact to three digits from 5 degrees of freedom on). */
const studentQuantile = (degrees) => {
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
};

/** Difference of two means with its 95 % interval (Welch): { difference, half, low, high }. */
export const difference = (a, b) => {
  const [va, vb] = [variance(a) / a.length, variance(b) / b.length];
  const degrees = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
  const centre = mean(a) - mean(b);
  const half = studentQuantile(degrees) * Math.sqrt(va + vb);
  return { difference: centre, half, low: centre - half, high: centre + half };
};
