// Small dense linear algebra in float64. Matrices are square, symmetric positive definite or lower triangular, rows one after the other.

/** Lower triangle L of `matrix` = L Lᵀ, [n, n]; the rest is 0. Throws RangeError where the matrix is not positive definite. */
export const cholesky = (matrix: Float64Array, n: number): Float64Array => {
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    const rowAt = row * n;
    for (let column = 0; column <= row; column++) {
      const columnAt = column * n;
      let sum = matrix[rowAt + column]!;
      for (let k = 0; k < column; k++) sum -= lower[rowAt + k]! * lower[columnAt + k]!;
      if (column < row) lower[rowAt + column] = sum / lower[columnAt + column]!;
      else if (sum > 0) lower[rowAt + row] = Math.sqrt(sum);
      else throw new RangeError('The matrix is not positive definite');
    }
  }
  return lower;
};

/** x of L x = `right`, [n]. */
export const solveLower = (lower: Float64Array, right: ArrayLike<number>): Float64Array => {
  const n = right.length;
  const solution = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    let sum = right[row]!;
    for (let k = 0; k < row; k++) sum -= lower[row * n + k]! * solution[k]!;
    solution[row] = sum / lower[row * n + row]!;
  }
  return solution;
};

/** x of L Lᵀ x = `right`, [n]. */
export const solveCholesky = (lower: Float64Array, right: ArrayLike<number>): Float64Array => {
  const solution = solveLower(lower, right);
  const n = right.length;
  for (let row = n - 1; row >= 0; row--) {
    const value = solution[row]! / lower[row * n + row]!;
    solution[row] = value;
    for (let k = 0; k < row; k++) solution[k]! -= lower[row * n + k]! * value;
  }
  return solution;
};

/** Diagonal of (L Lᵀ)⁻¹, [n]: squared lengths of the columns of L⁻¹. */
export const inverseDiagonal = (lower: Float64Array, n: number): Float64Array => {
  const diagonal = new Float64Array(n);
  const column = new Float64Array(n);
  for (let unit = 0; unit < n; unit++) {
    let squares = 0;
    for (let row = unit; row < n; row++) {
      let sum = row === unit ? 1 : 0;
      for (let k = unit; k < row; k++) sum -= lower[row * n + k]! * column[k]!;
      const value = sum / lower[row * n + row]!;
      column[row] = value;
      squares += value * value;
    }
    diagonal[unit] = squares;
  }
  return diagonal;
};

/** Logarithm of the determinant of L Lᵀ. */
export const logDeterminant = (lower: Float64Array, n: number): number => {
  let sum = 0;
  for (let row = 0; row < n; row++) sum += Math.log(lower[row * n + row]!);
  return 2 * sum;
};
