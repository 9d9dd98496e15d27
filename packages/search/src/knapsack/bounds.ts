// How much a partial network can still gain: Lagrangian bounds (Geoffrion, 1974). For all multipliers m >= 0, no completion from choice i on
// that keeps the limits gains more than
//   sum over limits of m room + sum over choices from i on of max over candidates of (gain - m cost).
// With gains of 0 it tells whether there is a completion at all: where the bound is below 0 there is none.
import type { Gains, LimitedSum } from './problem.ts';

/** One multiplier a limit, with what the choices from each on can gain under them. */
export interface Bound {
  readonly multipliers: readonly number[];
  /** By choice, and 0 behind the last. */
  readonly suffix: Float64Array;
}

/** Descent of the dual: steps shrink from all of its scale to almost nothing. */
const steps = 250;
const shrink = 0.955;

/** Around the best multipliers: partial networks that have used more, or less, than the best one are bounded more closely by others. */
const factors = [0.6, 0.85, 1.15, 1.6];

const bestCandidate = (gains: readonly number[], costs: readonly (readonly number[])[], multipliers: readonly number[]) => {
  let best = -1;
  let value = -Infinity;
  for (let candidate = 0; candidate < gains.length; candidate++) {
    let reduced = gains[candidate]!;
    for (let limit = 0; limit < costs.length; limit++) reduced -= multipliers[limit]! * costs[limit]![candidate]!;
    if (reduced > value) [best, value] = [candidate, reduced];
  }
  return { best, value };
};

const boundOf = (gains: Gains, limits: readonly LimitedSum[], multipliers: readonly number[]): Bound => {
  const suffix = new Float64Array(gains.length + 1);
  for (let choice = gains.length - 1; choice >= 0; choice--) {
    const costs = limits.map((limit) => limit.costs[choice]!);
    suffix[choice] = suffix[choice + 1]! + bestCandidate(gains[choice]!, costs, multipliers).value;
  }
  return { multipliers, suffix };
};

/** Multipliers that bound the best network closely: a subgradient descent, each limit in units of what it leaves above its cheapest network. */
const closeMultipliers = (gains: Gains, limits: readonly LimitedSum[], scale: number): readonly number[] => {
  const rooms = limits.map(({ costs, constant, limit }) => {
    const least = costs.reduce((sum, candidates) => sum + Math.min(...candidates), constant);
    return limit > least ? limit - least : Math.max(limit, 1);
  });
  const costsOf = gains.map((_, choice) => limits.map(({ costs }) => costs[choice]!));
  let multipliers: readonly number[] = limits.map(() => 0);
  let best = multipliers;
  let least = Infinity;
  for (let step = 0, length = scale; step < steps; step++, length *= shrink) {
    let dual = 0;
    const excess = limits.map(({ constant, limit }) => constant - limit);
    for (const [choice, candidates] of gains.entries()) {
      const found = bestCandidate(candidates, costsOf[choice]!, multipliers);
      dual += found.value;
      for (let limit = 0; limit < limits.length; limit++) excess[limit]! += costsOf[choice]![limit]![found.best]!;
    }
    for (const [limit, multiplier] of multipliers.entries()) dual += multiplier * (limits[limit]!.limit - limits[limit]!.constant);
    if (dual < least) [best, least] = [multipliers, dual];
    const slope = excess.map((value, limit) => value / rooms[limit]!);
    const norm = Math.hypot(...slope);
    if (norm === 0) break;
    multipliers = multipliers.map((value, limit) => Math.max(0, value + ((length / norm) * slope[limit]!) / rooms[limit]!));
  }
  return best;
};

const spreadOf = (gains: Gains): number => gains.reduce((sum, candidates) => sum + Math.max(...candidates) - Math.min(...candidates), 0);

const around = (close: readonly number[]): readonly (readonly number[])[] =>
  close.flatMap((_, which) =>
    factors.map((factor) => close.map((multiplier, limit) => (limit === which ? multiplier * factor : multiplier))),
  );

/** Bounds of which the least holds. */
export const gainBounds = (gains: Gains, limits: readonly LimitedSum[]): readonly Bound[] => {
  const close = closeMultipliers(gains, limits, spreadOf(gains));
  return [close, ...around(close), limits.map(() => 0)].map((multipliers) => boundOf(gains, limits, multipliers));
};

/** Bounds of which each tells, where it is below 0, that no completion keeps all limits. */
export const feasibilityBounds = (gains: Gains, limits: readonly LimitedSum[]): readonly Bound[] => {
  const nothing = gains.map((candidates) => candidates.map(() => 0));
  const each = limits.map((_, which) => limits.map((_, limit) => (limit === which ? 1 : 0)));
  const close = limits.length > 1 ? closeMultipliers(nothing, limits, 1) : [];
  return [...each, ...(close.some((multiplier) => multiplier > 0) ? [close, ...around(close)] : [])].map((multipliers) =>
    boundOf(nothing, limits, multipliers),
  );
};
