// Linear regression with Gaussian priors whose widths are found by the evidence: y = X w + e, e ~ N(0, noise²), w_j ~ N(0, deviation_g²)
// for every column j of a group g. MacKay, "Bayesian interpolation", Neural Computation 4, 1992, eqs. 4.6 to 4.8, with one width a group.
import { cholesky, inverseDiagonal, logDeterminant, solveCholesky, solveLower } from './linear-algebra.ts';

/** Columns that share the width of their prior. */
export interface ColumnGroup {
  readonly name: string;
  readonly columns: readonly number[];
  /** Standard deviation of the weights: what it is where `learned` is false, where the search for it begins otherwise. */
  readonly deviation: number;
  readonly learned: boolean;
}

export interface Regression {
  /** Posterior mean, one a column. */
  readonly weights: Float64Array;
  /** By group, in their order. */
  readonly deviations: readonly number[];
  /** Standard deviation of the targets around the model. */
  readonly noise: number;
  /** Logarithm of the probability of the targets under the model, the weights integrated out. */
  readonly logEvidence: number;
  /** Posterior standard deviation of `columns · w`. */
  deviationOf(columns: ReadonlyMap<number, number>): number;
}

/** Fewer targets tell nothing of widths: those given stay. */
const leastTargets = 20;
const mostRounds = 30;
/** The search ends where a round changes the noise by less than this share of it, and the number of determined weights by less than half a one. */
const noiseTolerance = 1e-3;
const weightTolerance = 0.5;
/** Where widths stay, and the noise: finite whatever a group is good for. */
const leastDeviation = 1e-5;
const mostDeviation = 10;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

interface Sums {
  readonly count: number;
  readonly columns: number;
  /** Xᵀ X, [columns, columns], lower triangle. */
  readonly gram: Float64Array;
  /** Xᵀ y. */
  readonly moments: Float64Array;
  readonly squares: number;
}

/** Rows are dense, and mostly 0. */
const sumUp = (rows: readonly Float64Array[], targets: readonly number[], columns: number): Sums => {
  const gram = new Float64Array(columns * columns);
  const moments = new Float64Array(columns);
  const used = new Int32Array(columns);
  let squares = 0;
  for (const [index, row] of rows.entries()) {
    const target = targets[index]!;
    let count = 0;
    for (let column = 0; column < columns; column++) if (row[column] !== 0) used[count++] = column;
    for (let i = 0; i < count; i++) {
      const column = used[i]!;
      const value = row[column]!;
      moments[column]! += value * target;
      for (let j = 0; j <= i; j++) gram[column * columns + used[j]!]! += value * row[used[j]!]!;
    }
    squares += target * target;
  }
  return { count: rows.length, columns, gram, moments, squares };
};

interface Posterior {
  readonly lower: Float64Array;
  readonly weights: Float64Array;
  readonly squaredError: number;
}

/** Posterior precision XᵀX / noise² + diag(1 / deviation²) by its Cholesky factor, and its mean. */
const posteriorOf = (sums: Sums, deviation: Float64Array, noise: number): Posterior => {
  const { columns, gram, moments, squares } = sums;
  const precision = 1 / (noise * noise);
  const matrix = gram.map((value) => value * precision);
  for (let column = 0; column < columns; column++) matrix[column * columns + column]! += 1 / deviation[column]! ** 2;
  const lower = cholesky(matrix, columns);
  const weights = solveCholesky(
    lower,
    moments.map((value) => value * precision),
  );
  // |y - X w|² = |y|² - 2 w·Xᵀy + wᵀ XᵀX w.
  let squaredError = squares;
  for (let row = 0; row < columns; row++) {
    let product = gram[row * columns + row]! * weights[row]!;
    for (let column = 0; column < row; column++) product += 2 * gram[row * columns + column]! * weights[column]!;
    squaredError += weights[row]! * (product - 2 * moments[row]!);
  }
  return { lower, weights, squaredError: Math.max(0, squaredError) };
};

/** A round of the search: the widths that these weights ask for (eq. 4.8), and how many weights the targets determine, not the prior. */
const widen = (
  groups: readonly ColumnGroup[],
  before: readonly number[],
  { lower, weights }: Posterior,
): { readonly deviations: readonly number[]; readonly determined: number } => {
  const variances = inverseDiagonal(lower, weights.length);
  let determined = 0;
  const deviations = groups.map(({ columns, learned }, index) => {
    const width = before[index]!;
    const own = columns.reduce((sum, column) => sum + 1 - variances[column]! / (width * width), 0);
    determined += own;
    const squares = columns.reduce((sum, column) => sum + weights[column]! ** 2, 0);
    return learned ? clamp(Math.sqrt(squares / Math.max(own, 1e-9)), leastDeviation, mostDeviation) : width;
  });
  return { deviations, determined };
};

/**
 * `rows` [n][columns], `targets` [n]. `noise` is where the search for the noise begins, and `leastNoise` where it ends. Every column
 * belongs to one group.
 */
export const fitByEvidence = (
  rows: readonly Float64Array[],
  targets: readonly number[],
  groups: readonly ColumnGroup[],
  { noise: firstNoise, leastNoise }: { readonly noise: number; readonly leastNoise: number },
): Regression => {
  const columns = groups.reduce((sum, group) => sum + group.columns.length, 0);
  const sums = sumUp(rows, targets, columns);
  let deviations: readonly number[] = groups.map(({ deviation }) => deviation);
  const spread = (): Float64Array => {
    const each = new Float64Array(columns);
    for (const [index, group] of groups.entries()) for (const column of group.columns) each[column] = deviations[index]!;
    return each;
  };
  let noise = firstNoise;
  let determined = 0;
  let posterior = posteriorOf(sums, spread(), noise);
  const rounds = rows.length < leastTargets ? 0 : mostRounds;
  for (let round = 0; round < rounds; round++) {
    const before = { noise, determined };
    ({ deviations, determined } = widen(groups, deviations, posterior));
    noise = Math.max(leastNoise, Math.sqrt(posterior.squaredError / Math.max(1, rows.length - determined)));
    posterior = posteriorOf(sums, spread(), noise);
    if (Math.abs(noise / before.noise - 1) < noiseTolerance && Math.abs(determined - before.determined) < weightTolerance) break;
  }
  const { lower, weights, squaredError } = posterior;
  const each = spread();
  let penalty = squaredError / (noise * noise) + logDeterminant(lower, columns);
  for (const [column, weight] of weights.entries()) penalty += (weight / each[column]!) ** 2 + 2 * Math.log(each[column]!);
  return {
    weights,
    deviations,
    noise,
    logEvidence: -0.5 * (penalty + rows.length * Math.log(2 * Math.PI * noise * noise)),
    deviationOf(combination) {
      const vector = new Float64Array(columns);
      for (const [column, value] of combination) vector[column] = value;
      return Math.hypot(...solveLower(lower, vector));
    },
  };
};
