// What is told of a row of times.

/** Quantile by linear interpolation. */
export const quantile = (values, share) => {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
};

export const median = (values) => quantile(values, 0.5);

/** Median with the quartiles: what is there of half of the runs. */
export const spread = (values) => ({ median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) });

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
