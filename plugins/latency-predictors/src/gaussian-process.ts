// Gaussian-process regression over blocks (Rasmussen and Williams, "Gaussian processes for machine learning", 2006, chapters 2 and 5):
//
//   k(x, x') = linear² (1 + x·x' / d) + smooth² exp(-(|sizes|² / sizeLength² + |attributes|² / attributeLength² + 2 kinds) / 2)
//
// with differences of standardised features as means over their dimensions, `kinds` 1 where kinds or labels differ. What it is given
// has zero mean where it knows nothing. The six widths and lengths maximise the marginal likelihood (eq. 2.30) by a pattern search.
import type { BlockFeatures } from './block-features.ts';
import { cholesky, inverseDiagonal, logDeterminant, solveCholesky, solveLower } from './linear-algebra.ts';

export interface Estimate {
  readonly mean: number;
  readonly variance: number;
}

export interface GaussianProcess {
  /** Of a block that it was not fitted to, its own deviation included. */
  predict(block: BlockFeatures): Estimate;
  /** Of each block that it was fitted to, by all others (eq. 5.12). */
  readonly leftOut: readonly Estimate[];
  readonly widths: Widths;
}

/** Blocks that the widths are fitted to, and that are regressed on: both take their cube in time. */
const mostForWidths = 200;
const mostBlocks = 800;

const first = { linear: 0.2, smooth: 0.3, sizeLength: 1, attributeLength: 1, noise: 0.03 };
export type Widths = { readonly [name in keyof typeof first]: number };
const names = Object.keys(first) as readonly (keyof Widths)[];
const leastWidth = 1e-3;
const mostWidth = 1e2;
/** Factors by which a width is changed, one after the other. */
const steps = [4, 2, 1.4];

interface Point {
  readonly sizes: readonly number[];
  readonly attributes: readonly number[];
  readonly label: string;
}

/** Mean 0 and variance 1 over the blocks; what is the same in all of them says nothing of one that differs, and is left out. */
const standardise = (columns: readonly (readonly number[])[]): ((values: readonly number[]) => readonly number[]) => {
  const scales = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return { mean, deviation };
  });
  return (values) =>
    values.flatMap((value, index) => (scales[index]!.deviation > 1e-9 ? [(value - scales[index]!.mean) / scales[index]!.deviation] : []));
};

const pointMaker = (blocks: readonly BlockFeatures[]): ((block: BlockFeatures) => Point) => {
  const attributeNames = [...new Set(blocks.flatMap(({ attributes }) => [...attributes.keys()]))].toSorted();
  const attributesOf = ({ attributes }: BlockFeatures) => attributeNames.map((name) => attributes.get(name) ?? 0);
  const columnsOf = (rows: readonly (readonly number[])[]) => rows[0]!.map((_, column) => rows.map((row) => row[column]!));
  const sizes = standardise(columnsOf(blocks.map((block) => block.sizes)));
  const attributes = standardise(columnsOf(blocks.map(attributesOf)));
  return (block) => ({ sizes: sizes(block.sizes), attributes: attributes(attributesOf(block)), label: `${block.kind} ${block.labels}` });
};

const meanSquare = (a: readonly number[], b: readonly number[]): number =>
  a.length === 0 ? 0 : a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0) / a.length;
const meanProduct = (a: readonly number[], b: readonly number[]): number =>
  a.length === 0 ? 0 : a.reduce((sum, value, index) => sum + value * b[index]!, 0) / a.length;

/** What of two points the covariance depends on. */
interface Relation {
  readonly linear: number;
  readonly sizes: number;
  readonly attributes: number;
  readonly kinds: number;
}

const relate = (a: Point, b: Point): Relation => ({
  linear: 1 + (meanProduct(a.sizes, b.sizes) + meanProduct(a.attributes, b.attributes)) / 2,
  sizes: meanSquare(a.sizes, b.sizes),
  attributes: meanSquare(a.attributes, b.attributes),
  kinds: a.label === b.label ? 0 : 2,
});

const covariance = (widths: Widths, { linear, sizes, attributes, kinds }: Relation): number =>
  widths.linear ** 2 * linear +
  widths.smooth ** 2 * Math.exp(-0.5 * (sizes / widths.sizeLength ** 2 + attributes / widths.attributeLength ** 2 + kinds));

interface Observed {
  readonly points: readonly Point[];
  readonly values: readonly number[];
  /** Variances of the values themselves. */
  readonly variances: readonly number[];
}

const relations = (points: readonly Point[]): readonly (readonly Relation[])[] =>
  points.map((point, row) => points.slice(0, row + 1).map((other) => relate(point, other)));

const factor = (widths: Widths, related: readonly (readonly Relation[])[], variances: readonly number[]): Float64Array => {
  const n = related.length;
  const matrix = new Float64Array(n * n);
  for (const [row, line] of related.entries()) {
    for (const [column, relation] of line.entries()) matrix[row * n + column] = covariance(widths, relation);
    matrix[row * n + row]! += widths.noise ** 2 + variances[row]! + 1e-10;
  }
  return cholesky(matrix, n);
};

const logLikelihood = (widths: Widths, related: readonly (readonly Relation[])[], { values, variances }: Observed): number => {
  const lower = factor(widths, related, variances);
  const whitened = solveLower(lower, values);
  return -0.5 * (whitened.reduce((sum, value) => sum + value * value, 0) + logDeterminant(lower, values.length));
};

const findWidths = (observed: Observed): Widths => {
  const related = relations(observed.points);
  let best: Widths = first;
  let likelihood = logLikelihood(best, related, observed);
  for (const step of steps) {
    let improved = true;
    while (improved) {
      improved = false;
      for (const name of names) {
        for (const changed of [best[name] * step, best[name] / step]) {
          if (changed < leastWidth || changed > mostWidth) continue;
          const tried = { ...best, [name]: changed };
          const found = logLikelihood(tried, related, observed);
          // A gain of less is none.
          if (found <= likelihood + 0.01) continue;
          best = tried;
          likelihood = found;
          improved = true;
        }
      }
    }
  }
  return best;
};

/** Every n-th, so that at most `most` are left. */
const thinned = <T>(values: readonly T[], most: number): readonly T[] => {
  const stride = Math.ceil(values.length / most);
  return values.filter((_, index) => index % stride === 0);
};

/** `variances` are those of the values' own errors. Widths are found where none are given. */
export const fitGaussianProcess = (
  blocks: readonly BlockFeatures[],
  values: readonly number[],
  variances: readonly number[],
  given?: Widths,
): GaussianProcess => {
  const kept = thinned([...blocks.keys()], mostBlocks);
  const pointOf = pointMaker(blocks);
  const observe = (indices: readonly number[]): Observed => ({
    points: indices.map((index) => pointOf(blocks[index]!)),
    values: indices.map((index) => values[index]!),
    variances: indices.map((index) => variances[index]!),
  });
  const widths = given ?? findWidths(observe(thinned(kept, mostForWidths)));
  const observed = observe(kept);
  const lower = factor(widths, relations(observed.points), observed.variances);
  const weights = solveCholesky(lower, observed.values);
  const predict = (block: BlockFeatures): Estimate => {
    const point = pointOf(block);
    const shared = observed.points.map((other) => covariance(widths, relate(point, other)));
    const known = solveLower(lower, shared);
    return {
      mean: shared.reduce((sum, value, index) => sum + value * weights[index]!, 0),
      variance:
        Math.max(0, covariance(widths, relate(point, point)) - known.reduce((sum, value) => sum + value * value, 0)) + widths.noise ** 2,
    };
  };
  const diagonal = inverseDiagonal(lower, kept.length);
  const places = new Map(kept.map((index, place) => [index, place]));
  const leftOut = blocks.map((block, index): Estimate => {
    const place = places.get(index);
    if (place === undefined) return predict(block);
    // The value's own error is none of the prediction's.
    return {
      mean: values[index]! - weights[place]! / diagonal[place]!,
      variance: Math.max(1e-12, 1 / diagonal[place]! - variances[index]!),
    };
  });
  return { predict, leftOut, widths };
};
