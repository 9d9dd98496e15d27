/**
 * Rank correlation of two lists, from -1 to 1 (Kendall, Biometrika 33, 1945: tau-b): (concordant - discordant) pairs over the geometric
 * mean of the pairs that are not tied in either list. Undefined where one list is all ties.
 */
export const kendallTau = (left: readonly number[], right: readonly number[]): number | undefined => {
  let agreement = 0;
  let untiedLeft = 0;
  let untiedRight = 0;
  for (let first = 0; first < left.length; first++) {
    for (let second = 0; second < first; second++) {
      const a = Math.sign(left[first]! - left[second]!);
      const b = Math.sign(right[first]! - right[second]!);
      agreement += a * b;
      untiedLeft += a * a;
      untiedRight += b * b;
    }
  }
  return untiedLeft === 0 || untiedRight === 0 ? undefined : agreement / Math.sqrt(untiedLeft * untiedRight);
};
