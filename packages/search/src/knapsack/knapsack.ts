// The best networks under limits: a multiple-choice knapsack with several knapsacks, solved exactly by dynamic programming over the choices.
// Its states are not points of a grid but the partial networks themselves (label setting: Nemhauser and Ullmann, 1969), so that no cost
// is rounded; as many of each state are kept as networks are wanted.
import { feasibilityBounds, gainBounds } from './bounds.ts';
import type { Bound } from './bounds.ts';
import { undominated } from './dominance.ts';
import { LabelList, noChoices, pickRows } from './labels.ts';
import type { Labels } from './labels.ts';
import type { Gains, KnapsackProblem, KnapsackSolution, LimitedSum } from './problem.ts';

/** Partial networks that are kept after each choice: few first, so that good networks are known, then more and more. */
const firstWidth = 200;
const widening = 12;
/** What the widest sweep may keep over all choices. */
const mostRows = 12_000_000;
const mostWidth = 60_000;

/** Bounds, and costs of parts, are sums in another order than a network's own: they may be off by roundings. */
const rounding = 1e-11;

interface Sweep {
  readonly solutions: readonly KnapsackSolution[];
  /** Whether partial networks were left out that might have been part of the best ones. */
  readonly cut: boolean;
}

/** The rows whose bound is highest, ascending. */
const mostPromising = ({ bound, count }: Labels, width: number): Uint32Array => {
  const threshold = bound.slice(0, count).toSorted()[count - width]!;
  let equal = width;
  for (let row = 0; row < count; row++) if (bound[row]! > threshold) equal--;
  const rows = new Uint32Array(width);
  for (let row = 0, next = 0; row < count; row++) {
    const value = bound[row]!;
    if (value > threshold || (value === threshold && equal-- > 0)) rows[next++] = row;
  }
  return rows;
};

/** Sets what is known of the problem once; each sweep goes through the choices from the first to the last. */
const sweeper = (gains: Gains, limits: readonly LimitedSum[], count: number) => {
  const most = gainBounds(gains, limits);
  const feasible = feasibilityBounds(gains, limits);
  const slack = gains.reduce((sum, candidates) => sum + Math.max(...candidates.map(Math.abs)), 0) * rounding;
  // Of sums that are limited, by the multipliers of each bound.
  const tolerances = feasible.map(
    ({ multipliers }) => -rounding * limits.reduce((sum, { limit }, index) => sum + multipliers[index]! * Math.abs(limit), 0),
  );

  const valueOf = ({ multipliers, suffix }: Bound, costs: Float64Array, choice: number): number => {
    let value = suffix[choice]!;
    for (let limit = 0; limit < limits.length; limit++) value += multipliers[limit]! * (limits[limit]!.limit - costs[limit]!);
    return value;
  };
  const canBeKept = (costs: Float64Array, choice: number): boolean => {
    for (let bound = 0; bound < feasible.length; bound++) if (valueOf(feasible[bound]!, costs, choice) < tolerances[bound]!) return false;
    return true;
  };
  /** The most that completions gain, or anything that is not enough. */
  const boundAt = (gain: number, costs: Float64Array, choice: number, enough: number): number => {
    let least = Infinity;
    for (let bound = 0; bound < most.length && least > enough; bound++)
      least = Math.min(least, gain + valueOf(most[bound]!, costs, choice));
    return least;
  };

  const extend = (labels: Labels, choice: number, enough: number): Labels => {
    const list = new LabelList(limits.length);
    const candidates = gains[choice]!;
    const costs = new Float64Array(limits.length);
    const last = choice + 1 === gains.length;
    for (let row = 0; row < labels.count; row++) {
      for (let candidate = 0; candidate < candidates.length; candidate++) {
        let fits = true;
        for (let limit = 0; limit < limits.length; limit++) {
          costs[limit] = labels.costs[limit]![row]! + limits[limit]!.costs[choice]![candidate]!;
          fits &&= costs[limit]! <= limits[limit]!.limit;
        }
        if (!fits || !(last || canBeKept(costs, choice + 1))) continue;
        const gain = labels.gain[row]! + candidates[candidate]!;
        const bound = last ? gain : boundAt(gain, costs, choice + 1, enough);
        if (bound > enough) list.add(gain, costs, bound, row, candidate);
      }
    }
    return list.labels();
  };

  /** `enough`: what networks gain that are known already. */
  return (width: number, enough: number): Sweep => {
    const steps: Labels[] = [];
    let labels = noChoices(limits.map(({ constant }) => constant));
    let cut = false;
    for (let choice = 0; choice < gains.length; choice++) {
      const extended = extend(labels, choice, enough + slack);
      const kept = pickRows(extended, undominated(extended, count));
      labels = kept.count > width ? pickRows(kept, mostPromising(kept, width)) : kept;
      cut ||= kept.count > width;
      steps.push(labels);
    }
    const ends = Array.from({ length: labels.count }, (_, row) => row).toSorted((a, b) => labels.gain[b]! - labels.gain[a]! || a - b);
    const solutions = ends.slice(0, count).map((end) => {
      const choices: number[] = [];
      for (let choice = gains.length - 1, row = end; choice >= 0; choice--) {
        choices.unshift(steps[choice]!.candidate[row]!);
        row = steps[choice]!.parent[row]!;
      }
      return { choices, gain: labels.gain[end]! };
    });
    return { solutions, cut };
  };
};

/** Two lists without doubles, best first. */
const merged = (a: readonly KnapsackSolution[], b: readonly KnapsackSolution[]): readonly KnapsackSolution[] => {
  const byChoices = new Map([...a, ...b].map((solution) => [solution.choices.join(','), solution]));
  return [...byChoices.values()].toSorted((x, y) => y.gain - x.gain || compareChoices(x.choices, y.choices));
};

const compareChoices = (a: readonly number[], b: readonly number[]): number => {
  const differs = a.findIndex((chosen, choice) => chosen !== b[choice]);
  return differs < 0 ? 0 : a[differs]! - b[differs]!;
};

/**
 * At most `count` different networks that keep all limits, best first, ties in a fixed order; empty where no network keeps them. Costs are
 * sums from the first choice to the last behind the constant, as `pathCost` takes them: what keeps a limit keeps it to the last bit, and no
 * network is lost to a grid.
 *
 * The result is exact to 1e-11 of the gains, unless tens of thousands of partial networks after one choice can neither be told apart nor
 * bounded (seen with four limits that bind at once): then the less promising ones are left out, and a slightly better network may be missed.
 */
export const knapsack = ({ gains, limits, count }: KnapsackProblem): readonly KnapsackSolution[] => {
  const each = limits.filter(({ combine }) => combine === 'max');
  if (each.some(({ constant, limit }) => constant > limit)) return [];
  const allowed = gains.map((candidates, choice) =>
    [...candidates.keys()].filter((candidate) => each.every(({ costs, limit }) => costs[choice]![candidate]! <= limit)),
  );
  if (allowed.some((candidates) => candidates.length === 0)) return [];
  const left = (values: readonly (readonly number[])[]) =>
    values.map((row, choice) => allowed[choice]!.map((candidate) => row[candidate]!));
  const total = ({ costs, constant }: LimitedSum, pick: (...values: number[]) => number) =>
    costs.reduce((sum, candidates) => sum + pick(...candidates), constant);
  const sums = limits.filter(({ combine }) => combine === 'sum').map((limit) => ({ ...limit, costs: left(limit.costs) }));
  if (sums.some((sum) => total(sum, Math.min) > sum.limit)) return [];
  const binding = sums.filter((sum) => total(sum, Math.max) > sum.limit);

  const sweep = sweeper(left(gains), binding, count);
  const widest = Math.min(mostWidth, Math.floor(mostRows / Math.max(1, gains.length)));
  let known: readonly KnapsackSolution[] = [];
  let enough = -Infinity;
  for (let width = Math.max(firstWidth, 4 * count); ; width = Math.min(widest, width * widening)) {
    const { solutions, cut } = sweep(width, enough);
    known = merged(known, solutions).slice(0, count);
    if (!cut || width >= widest) {
      return known.map(({ choices, gain }) => ({ choices: choices.map((chosen, choice) => allowed[choice]![chosen]!), gain }));
    }
    if (known.length === count) enough = known.at(-1)!.gain;
  }
};
