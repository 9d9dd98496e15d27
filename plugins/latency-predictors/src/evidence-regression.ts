// Linear regression with Gaussian priors whose widths are found by the evidence: y = X w + e, w_j ~ N(0, deviation_g²) for every column j
// of a group g (MacKay, "Bayesian interpolation", Neural Computation 4, 1992, eqs. 4.6 to 4.8, with one width a group). The errors e have
// heavy tails, noise · Student's t, because a machine that does something else for a moment makes some measurements much too slow: each
// target counts by (ν + 1) / (ν + (e / noise)²), found anew from the errors that are left (Lange, Little, Taylor, "Robust statistical
// modeling using the t distribution", JASA 84, 1989).
import { cholesky, inverseDiagonal, solveCholesky, solveLower } from './linear-algebra.ts';

/** What is not 0 of a row: its columns in ascending order, and their values. */
export interface SparseRow {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

/** X = Z F: each target is a sum of few parts, and parts have features. Sums over many targets are made of parts, not of features. */
export interface Design {
  /** Z, [n]: the parts of each target. */
  readonly rows: readonly SparseRow[];
  /** F, [parts]: the columns of each part. */
  readonly features: readonly SparseRow[];
}

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
  /** Scale of the targets' errors. */
  readonly noise: number;
  /** F w: posterior mean and standard deviation, one a part. */
  readonly parts: readonly { readonly value: number; readonly deviation: number }[];
}

/** Fewer targets tell nothing of widths: those given stay, and every target counts. */
const leastTargets = 20;
/** Degrees of freedom of the errors: tails as heavy as clocks have them, and little lost where errors are normal. */
const freedom = 4;
/** Times that the targets are weighted anew, and rounds of the search for widths in between. */
const mostWeightings = 4;
const mostRounds = 30;
/** The search ends where a round changes the noise by less than this share of it, and the number of determined weights by less than half a one. */
const noiseTolerance = 1e-3;
const weightTolerance = 0.5;
/** Where widths stay: finite whatever a group is good for. */
const leastDeviation = 1e-5;
const mostDeviation = 10;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

interface Sums {
  readonly columns: number;
  /** Xᵀ C X with the targets' counts C, [columns, columns], lower triangle. */
  readonly gram: Float64Array;
  /** Xᵀ C y. */
  readonly moments: Float64Array;
  /** yᵀ C y. */
  readonly squares: number;
}

const sumUp = ({ rows, features }: Design, targets: readonly number[], counts: ArrayLike<number>, columns: number): Sums => {
  const parts = features.length;
  // Zᵀ C Z, lower triangle, and Zᵀ C y.
  const together = new Float64Array(parts * parts);
  const partMoments = new Float64Array(parts);
  let squares = 0;
  for (let index = 0; index < rows.length; index++) {
    const { columns: used, values } = rows[index]!;
    const target = targets[index]!;
    const count = counts[index]!;
    for (let i = 0; i < used.length; i++) {
      const value = count * values[i]!;
      const at = used[i]! * parts;
      partMoments[used[i]!]! += value * target;
      for (let j = 0; j <= i; j++) together[at + used[j]!]! += value * values[j]!;
    }
    squares += count * target * target;
  }
  // (Zᵀ C Z) F, [parts, columns], then Fᵀ of it.
  const half = new Float64Array(parts * columns);
  for (let row = 0; row < parts; row++) {
    for (let part = 0; part < parts; part++) {
      const value = part <= row ? together[row * parts + part]! : together[part * parts + row]!;
      if (value === 0) continue;
      const feature = features[part]!;
      for (let i = 0; i < feature.columns.length; i++) half[row * columns + feature.columns[i]!]! += value * feature.values[i]!;
    }
  }
  const gram = new Float64Array(columns * columns);
  const moments = new Float64Array(columns);
  for (let part = 0; part < parts; part++) {
    const feature = features[part]!;
    for (let i = 0; i < feature.columns.length; i++) {
      const column = feature.columns[i]!;
      const value = feature.values[i]!;
      moments[column]! += value * partMoments[part]!;
      for (let other = 0; other <= column; other++) gram[column * columns + other]! += value * half[part * columns + other]!;
    }
  }
  return { columns, gram, moments, squares };
};

const product = ({ columns, values }: SparseRow, vector: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < columns.length; i++) sum += values[i]! * vector[columns[i]!]!;
  return sum;
};

const errorsOf = ({ rows, features }: Design, targets: readonly number[], weights: Float64Array): Float64Array => {
  const parts = features.map((feature) => product(feature, weights));
  return Float64Array.from(rows, (row, index) => targets[index]! - product(row, parts));
};

interface Posterior {
  readonly lower: Float64Array;
  readonly weights: Float64Array;
  /** (y - X w)ᵀ C (y - X w). */
  readonly squaredError: number;
}

/** Posterior precision A = Xᵀ C X / noise² + diag(1 / deviation²) by its Cholesky factor, and its mean. */
const posteriorOf = ({ columns, gram, moments, squares }: Sums, deviation: Float64Array, noise: number): Posterior => {
  const precision = 1 / (noise * noise);
  const matrix = new Float64Array(columns * columns);
  for (let row = 0; row < columns; row++) {
    const at = row * columns;
    for (let column = 0; column <= row; column++) matrix[at + column] = gram[at + column]! * precision;
    matrix[at + row]! += 1 / deviation[row]! ** 2;
  }
  const lower = cholesky(matrix, columns);
  const weights = solveCholesky(
    lower,
    moments.map((value) => value * precision),
  );
  // From A w = Xᵀ C y / noise²: wᵀ Xᵀ C X w = w · Xᵀ C y - noise² Σ (w / deviation)².
  let squaredError = squares;
  for (let column = 0; column < columns; column++)
    squaredError -= weights[column]! * moments[column]! + ((noise * weights[column]!) / deviation[column]!) ** 2;
  return { lower, weights, squaredError: Math.max(0, squaredError) };
};

/** What the search finds out. */
interface Widths {
  readonly deviations: readonly number[];
  readonly noise: number;
  /** Weights that the targets determine, rather than the prior. */
  readonly determined: number;
}

/** A round of the search: the widths that these weights ask for. */
const widen = (
  groups: readonly ColumnGroup[],
  before: Widths,
  posterior: Posterior,
  targets: { readonly count: number; readonly leastNoise: number },
): Widths => {
  const { lower, weights, squaredError } = posterior;
  const variances = inverseDiagonal(lower, weights.length);
  let determined = 0;
  const deviations = groups.map(({ columns, learned }, index) => {
    const width = before.deviations[index]!;
    const own = columns.reduce((sum, column) => sum + 1 - variances[column]! / (width * width), 0);
    determined += own;
    const squares = columns.reduce((sum, column) => sum + weights[column]! ** 2, 0);
    return learned ? clamp(Math.sqrt(squares / Math.max(own, 1e-9)), leastDeviation, mostDeviation) : width;
  });
  const noise = Math.max(targets.leastNoise, Math.sqrt(squaredError / Math.max(1, targets.count - determined)));
  return { deviations, noise, determined };
};

/** `targets` [n]. `noise` is where the search for it begins, and `leastNoise` where it ends. Every column, counted from 0, belongs to one group. */
export const fitByEvidence = (
  design: Design,
  targets: readonly number[],
  groups: readonly ColumnGroup[],
  { noise, leastNoise }: { readonly noise: number; readonly leastNoise: number },
): Regression => {
  const columns = groups.reduce((sum, group) => sum + group.columns.length, 0);
  const count = targets.length;
  const posteriorBy = (sums: Sums, { deviations, noise: scale }: Widths): Posterior => {
    const each = new Float64Array(columns);
    for (const [index, group] of groups.entries()) for (const column of group.columns) each[column] = deviations[index]!;
    return posteriorOf(sums, each, scale);
  };
  let sums = sumUp(design, targets, new Float64Array(count).fill(1), columns);
  let widths: Widths = { deviations: groups.map(({ deviation }) => deviation), noise, determined: 0 };
  let posterior = posteriorBy(sums, widths);
  const weightings = count < leastTargets ? 0 : mostWeightings;
  for (let weighting = 0; weighting < weightings; weighting++) {
    const start = widths.noise;
    for (let round = 0; round < mostRounds; round++) {
      const before = widths;
      widths = widen(groups, before, posterior, { count, leastNoise });
      posterior = posteriorBy(sums, widths);
      if (Math.abs(widths.noise / before.noise - 1) < noiseTolerance && Math.abs(widths.determined - before.determined) < weightTolerance)
        break;
    }
    if (weighting > 0 && Math.abs(widths.noise / start - 1) < 10 * noiseTolerance) break;
    const scale = widths.noise;
    const counts = errorsOf(design, targets, posterior.weights).map((error) => (freedom + 1) / (freedom + (error / scale) ** 2));
    sums = sumUp(design, targets, counts, columns);
    posterior = posteriorBy(sums, widths);
  }
  const { lower, weights } = posterior;
  return {
    deviations: widths.deviations,
    noise: widths.noise,
    weights,
    parts: design.features.map((feature) => {
      const vector = new Float64Array(columns);
      for (const [index, column] of feature.columns.entries()) vector[column] = feature.values[index]!;
      return { value: product(feature, weights), deviation: Math.hypot(...solveLower(lower, vector)) };
    }),
  };
};
