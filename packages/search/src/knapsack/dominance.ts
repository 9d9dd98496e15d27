// Which partial networks can be left out: those that as many as are wanted are no worse than, in what they gain and in every cost. All
// completions of one are then behind those of the others.
import type { Labels } from './labels.ts';

/** Rows that one is compared with where several sums are limited. Fewer comparisons leave more rows, never a wrong one. */
const mostCompared = 400;
/** The same over all rows. */
const mostComparisons = 20_000_000;

/** Whether row a comes before row b among networks of equal costs: it gains more, or as much and stands first. */
const gainsMore = ({ gain }: Labels, a: number, b: number): boolean => {
  const more = gain[a]! - gain[b]!;
  return more > 0 || (more === 0 && a < b);
};

/** Rows from the cheapest on, those of equal costs by what they gain: whatever dominates a row stands before it. */
const byCost = (labels: Labels): Uint32Array => {
  const { costs } = labels;
  return Uint32Array.from({ length: labels.count }, (_, row) => row).toSorted((a, b) => {
    for (const cost of costs) if (cost[a]! !== cost[b]!) return cost[a]! - cost[b]!;
    return gainsMore(labels, a, b) ? -1 : 1;
  });
};

/** With one limit: the rows so far are all cheaper, so the `count` that gain the most decide. */
const underOneLimit = (labels: Labels, count: number): number[] => {
  const best: number[] = []; // the best gain first
  const kept: number[] = [];
  for (const row of byCost(labels)) {
    if (best.length === count && gainsMore(labels, best.at(-1)!, row)) continue;
    kept.push(row);
    let place = best.length;
    while (place > 0 && gainsMore(labels, row, best[place - 1]!)) place--;
    best.splice(place, 0, row);
    if (best.length > count) best.pop();
  }
  return kept;
};

const underSeveralLimits = (labels: Labels, count: number): number[] => {
  const { costs } = labels;
  const [, ...others] = costs;
  const kept: number[] = [];
  const compared = Math.min(mostCompared, Math.ceil(mostComparisons / labels.count));
  for (const row of byCost(labels)) {
    let better = 0;
    // The nearest in cost first.
    for (let place = kept.length - 1, last = Math.max(0, kept.length - compared); place >= last && better < count; place--) {
      const other = kept[place]!;
      if (!gainsMore(labels, other, row)) continue;
      let cheaper = true;
      for (let limit = 0; limit < others.length && cheaper; limit++) cheaper = others[limit]![other]! <= others[limit]![row]!;
      if (cheaper) better++;
    }
    if (better < count) kept.push(row);
  }
  return kept;
};

/** Indices of the rows that fewer than `count` others dominate, in ascending order. */
export const undominated = (labels: Labels, count: number): Uint32Array => {
  const kept = labels.costs.length === 1 ? underOneLimit(labels, count) : underSeveralLimits(labels, count);
  return Uint32Array.from(kept).toSorted();
};
