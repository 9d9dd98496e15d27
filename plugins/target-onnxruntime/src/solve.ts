// Symmetric positive definite systems, as ridge regression makes them.

/** Solves A x = b by Cholesky decomposition, A = L L^T. Throws where A is not positive definite. */
export const solvePositiveDefinite = (matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] => {
  const size = right.length;
  const lower = Array.from({ length: size }, () => new Float64Array(size));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row]![column]!;
      for (let k = 0; k < column; k++) sum -= lower[row]![k]! * lower[column]![k]!;
      if (row === column && !(sum > 0)) throw new RangeError('The matrix is not positive definite');
      lower[row]![column] = row === column ? Math.sqrt(sum) : sum / lower[column]![column]!;
    }
  }
  const x = [...right];
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) x[row] = x[row]! - lower[row]![k]! * x[k]!;
    x[row] = x[row]! / lower[row]![row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) x[row] = x[row]! - lower[k]![row]! * x[k]!;
    x[row] = x[row]! / lower[row]![row]!;
  }
  return x;
};

export type Row = readonly number[];

/**
 * Ridge regression: the x that minimises sum ((rows x - values) / noise)^2 + sum (x / scale)^2, the most probable x under
 * normal noise of the values and a normal prior of the coefficients around 0.
 */
export const ridge = (rows: readonly Row[], values: readonly number[], noise: number, scale: number): readonly number[] => {
  const size = rows[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => {
      const product = rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0) / noise ** 2;
      return i === j ? product + 1 / scale ** 2 : product;
    }),
  );
  const right = Array.from({ length: size }, (_, i) => rows.reduce((sum, row, n) => sum + row[i]! * values[n]!, 0) / noise ** 2);
  return solvePositiveDefinite(matrix, right);
};
