import { Random } from '@nasc/random';
import { describe, expect, test } from 'vitest';
import { fitByEvidence } from './evidence-regression.ts';
import type { ColumnGroup, SparseRow } from './evidence-regression.ts';
import { cholesky, inverseDiagonal, logDeterminant, solveCholesky, solveLower } from './linear-algebra.ts';

describe('linear algebra', () => {
  // A = L Lᵀ with L = [[2, 0, 0], [6, 1, 0], [-8, 5, 3]]: the example of Wikipedia, "Cholesky decomposition".
  const matrix = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
  const lower = cholesky(matrix, 3);

  test('a worked example', () => {
    expect([...lower]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
    expect(logDeterminant(lower, 3)).toBeCloseTo(Math.log(36), 12);
    // A (1, 2, 3) = (-20, -43, 192).
    expect([...solveCholesky(lower, [-20, -43, 192])].map((value) => Number(value.toFixed(9)))).toEqual([1, 2, 3]);
    // L (1, 2, 3) = (2, 8, 11).
    expect([...solveLower(lower, [2, 8, 11])]).toEqual([1, 2, 3]);
  });

  test('the diagonal of the inverse is what solving for each unit vector gives', () => {
    const expected = [0, 1, 2].map(
      (unit) =>
        solveCholesky(
          lower,
          [0, 1, 2].map((row) => (row === unit ? 1 : 0)),
        )[unit]!,
    );
    for (const [index, value] of inverseDiagonal(lower, 3).entries()) expect(value).toBeCloseTo(expected[index]!, 9);
  });

  test('what is not positive definite is refused', () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(RangeError);
  });
});

const dense = (values: readonly number[]): SparseRow => ({ columns: [...values.keys()], values });
/** Each part is a column. */
const identity = (columns: number): readonly SparseRow[] =>
  Array.from({ length: columns }, (_, column) => ({ columns: [column], values: [1] }));
const group = (name: string, columns: readonly number[], learned = true, deviation = 0.1): ColumnGroup => ({
  name,
  columns,
  learned,
  deviation,
});

describe('regression', () => {
  test('few targets: ridge regression with the given widths, worked by hand', () => {
    // Two targets 1 and 3 of one weight: w = (1 + 3) / (2 + noise² / deviation²), here 4 / (2 + 2).
    const fit = fitByEvidence({ rows: [dense([1]), dense([1])], features: identity(1) }, [1, 3], [group('all', [0], true, 0.5)], {
      noise: Math.SQRT1_2,
      leastNoise: 1e-6,
    });
    expect(fit.weights[0]).toBeCloseTo(1, 12);
    expect(fit.deviations).toEqual([0.5]);
    // 1 / (2 / noise² + 1 / deviation²) = 1 / 8.
    expect(fit.parts[0]!.deviation).toBeCloseTo(Math.sqrt(1 / 8), 12);
  });

  test('features of parts are summed as if each row had them', () => {
    const random = new Random({ seed: 1, stream: 'parts' });
    const features = [dense([1, 0.5, 0]), { columns: [1, 2], values: [2, -1] }, dense([0.3, 0.1, 0.7])];
    const rows = Array.from({ length: 40 }, () => dense([random.normal(), random.normal(), random.normal()]));
    const direct = rows.map(({ values }) =>
      dense(
        [0, 1, 2].map((column) =>
          features.reduce((sum, feature, part) => sum + values[part]! * (feature.values[feature.columns.indexOf(column)] ?? 0), 0),
        ),
      ),
    );
    const targets = rows.map(() => random.normal());
    const groups = [group('first', [0]), group('others', [1, 2], false)];
    const options = { noise: 0.5, leastNoise: 1e-6 };
    const byParts = fitByEvidence({ rows, features }, targets, groups, options);
    const byRows = fitByEvidence({ rows: direct, features: identity(3) }, targets, groups, options);
    for (const [column, weight] of byRows.weights.entries()) expect(byParts.weights[column]).toBeCloseTo(weight, 9);
    const [, second] = byParts.parts;
    expect(second!.value).toBeCloseTo(2 * byRows.weights[1]! - byRows.weights[2]!, 9);
  });

  const planted = (outliers: number) => {
    const random = new Random({ seed: 2, stream: 'planted' });
    const weights = Array.from({ length: 60 }, (_, column) => (column < 30 ? 0.5 * random.normal() : 0));
    const rows = Array.from({ length: 600 }, () => dense(weights.map(() => random.normal())));
    const targets = rows.map(
      ({ values }, index) =>
        values.reduce((sum, value, column) => sum + value * weights[column]!, 0.1 * random.normal()) + (index < outliers ? 5 : 0),
    );
    const groups = [
      group(
        'needed',
        Array.from({ length: 30 }, (_, column) => column),
      ),
      group(
        'useless',
        Array.from({ length: 30 }, (_, column) => 30 + column),
      ),
    ];
    return { weights, fit: fitByEvidence({ rows, features: identity(60) }, targets, groups, { noise: 1, leastNoise: 1e-6 }) };
  };
  const worst = (found: Float64Array, weights: readonly number[]) =>
    Math.max(...weights.map((weight, column) => Math.abs(weight - found[column]!)));

  test('widths are found: what was planted, and next to nothing where nothing was', () => {
    const { weights, fit } = planted(0);
    expect(fit.deviations[0]).toBeGreaterThan(0.35);
    expect(fit.deviations[0]).toBeLessThan(0.65);
    expect(fit.deviations[1]).toBeLessThan(0.01);
    // Standard errors are 0.1 / √600 = 0.004.
    expect(worst(fit.weights, weights)).toBeLessThan(0.02);
    // Student's t of four degrees has a scale below the standard deviation of normal errors.
    expect(fit.noise).toBeGreaterThan(0.07);
    expect(fit.noise).toBeLessThan(0.11);
  });

  test('a tenth of the targets far off by fifty times the noise: next to no consequence', () => {
    const { weights, fit } = planted(60);
    expect(worst(fit.weights, weights)).toBeLessThan(0.03);
  });
});
