// A latency as what its work takes: ms = a + b macs + c parameters + d bytes, none of them negative, fitted to relative errors. Whatever
// the sizes, it stays positive and grows with the work.
import type { Work } from './block-features.ts';

const sweeps = 2000;
const settled = 1e-10;

const termsOf = ({ macs, parameters, activationBytes }: Work): readonly number[] => [1, macs, parameters, activationBytes];

/** Least squares of sum(coefficients · terms) / ms - 1 by coordinate descent; it converges, as the problem is convex. */
export const fitWorkTrend = (works: readonly Work[], ms: readonly number[]): ((work: Work) => number) => {
  const rows = works.map((work, index) => termsOf(work).map((term) => term / ms[index]!));
  const columns = [0, 1, 2, 3];
  const squares = columns.map((column) => rows.reduce((sum, row) => sum + row[column]! ** 2, 0));
  const coefficients = columns.map(() => 0);
  const errors = rows.map(() => -1);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let change = 0;
    for (const column of columns) {
      if (squares[column] === 0) continue;
      const gradient = rows.reduce((sum, row, index) => sum + row[column]! * errors[index]!, 0);
      const after = Math.max(0, coefficients[column]! - gradient / squares[column]!);
      const step = after - coefficients[column]!;
      if (step === 0) continue;
      for (const [index, row] of rows.entries()) errors[index]! += step * row[column]!;
      coefficients[column] = after;
      change = Math.max(change, Math.abs(step) * Math.sqrt(squares[column]! / rows.length));
    }
    if (change < settled) break;
  }
  return (work) => termsOf(work).reduce((sum, term, column) => sum + coefficients[column]! * term, 0);
};
