// Which whole networks are timed, so that every candidate of every choice is seen equally often.
import { Random } from '@nasc/random';
import type { RandomKey } from '@nasc/random';

/**
 * `count` networks as one candidate index per choice. Each choice shows its candidates in one random order after the other,
 * independently of the other choices: its counts differ by at most one, over all networks and over those up to any one.
 */
export const sampleNetworks = (
  candidateCounts: readonly number[],
  count: number,
  key: Omit<RandomKey, 'index'>,
): readonly (readonly number[])[] => {
  const columns = candidateCounts.map((candidates, choice) => {
    const random = new Random({ ...key, index: choice });
    const column: number[] = [];
    while (column.length < count) column.push(...random.permutation(candidates));
    return column;
  });
  return Array.from({ length: count }, (_, network) => columns.map((column) => column[network]!));
};
