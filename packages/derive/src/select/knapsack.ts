// The best networks under limits: one candidate a choice, gains additive over choices, costs too (a multiple-choice knapsack),
// solved exactly by dynamic programming that keeps the K best of every state (Lawler, 1972, in spirit).

export interface KnapsackLimit {
  /** Cost of each candidate by choice, not negative. */
  readonly costs: readonly (readonly number[])[];
  /** What is limited: the sum over choices, or each choice's cost by itself. */
  readonly combine: 'sum' | 'max';
  readonly limit: number;
}

export interface KnapsackProblem {
  /** Gain of each candidate by choice; the sum is maximised. Finite. */
  readonly gains: readonly (readonly number[])[];
  readonly limits: readonly KnapsackLimit[];
  /** How many networks are wanted. */
  readonly count: number;
}

export interface KnapsackSolution {
  readonly choices: readonly number[];
  readonly gain: number;
}

/** A limited sum is rounded to this share of what its limit leaves above the cheapest network, or coarser for many networks. */
const finestSteps = 20_000;
const coarsestSteps = 2_000;
const tableEntries = 8_000_000;
/** States of the table where several sums are limited at once. */
const jointStates = 160_000;

/** One limited sum on the grid. */
interface Axis {
  /** Points of the grid, less one. */
  readonly steps: number;
  /** Steps of each candidate by choice. */
  readonly units: readonly (readonly number[])[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Undefined where no network keeps the limit; no axis where every network does. */
const axisOf = (
  { costs, limit }: KnapsackLimit,
  allowed: readonly (readonly number[])[],
  { steps, round }: { readonly steps: number; readonly round: (value: number) => number },
): Axis | 'free' | undefined => {
  const kept = costs.map((candidates, choice) => allowed[choice]!.map((candidate) => candidates[candidate]!));
  const cheapest = kept.map((candidates) => Math.min(...candidates));
  const least = sum(cheapest);
  if (least > limit) return undefined;
  if (limit >= sum(kept.map((candidates) => Math.max(...candidates)))) return 'free';
  // Costs above each choice's cheapest candidate: the cheapest network costs 0 and is never lost to rounding.
  const room = limit - least;
  const units = kept.map((candidates, choice) =>
    candidates.map((cost) => {
      const above = cost - cheapest[choice]!;
      return above === 0 ? 0 : round((above / room) * steps);
    }),
  );
  return { steps, units };
};

const roundUp = (value: number): number => Math.ceil(value - 1e-9);

const stepsOfAxes = (axes: number, count: number, choices: number): number =>
  axes > 1
    ? Math.floor(jointStates ** (1 / axes)) - 1
    : Math.min(finestSteps, Math.max(coarsestSteps, Math.floor(tableEntries / (count * choices))));

/** Networks that are looked at beyond those that are wanted, because some of them may exceed the limit by a rounding. */
const spare = 4;

/**
 * Of one limited sum costs are rounded to the nearest step, so that errors of hundreds of choices cancel; the grid goes on behind the limit by
 * as much as they may add up to, and what is found there or just below is looked at exactly.
 */
const bestUnderOneLimit = (gains: Gains, limit: KnapsackLimit, allowed: readonly (readonly number[])[], count: number) => {
  const steps = stepsOfAxes(1, count + spare, gains.length);
  const margin = Math.ceil(gains.length / 2);
  const { units } = axisOf(limit, allowed, { steps, round: Math.round }) as Axis;
  const { solutionsAt } = solveGrid(gains, [{ steps: steps + margin, units }], count + spare);
  const costOf = ({ choices }: KnapsackSolution) => sum(choices.map((chosen, choice) => limit.costs[choice]![allowed[choice]![chosen]!]!));
  const found = new Map<string, KnapsackSolution>();
  for (let state = steps + margin; state >= Math.max(0, steps - margin); state--) {
    for (const solution of solutionsAt(state)) {
      const key = solution.choices.join(',');
      if (!found.has(key) && costOf(solution) <= limit.limit * (1 + 1e-12)) found.set(key, solution);
    }
  }
  return [...found.values()].toSorted((a, b) => b.gain - a.gain).slice(0, count);
};

/**
 * At most `count` different networks that keep all limits, best first, ties in a fixed order; empty where no network keeps them. With one
 * limited sum a network is missed only where several that exceed the limit by a rounding are better. Several limited sums are rounded up on
 * a coarser grid: networks that use them up to less than a step a choice may be missed.
 */
export const knapsack = ({ gains, limits, count }: KnapsackProblem): readonly KnapsackSolution[] => {
  const each = limits.filter(({ combine }) => combine === 'max');
  const allowed = gains.map((candidates, choice) =>
    [...candidates.keys()].filter((candidate) => each.every(({ costs, limit }) => costs[choice]![candidate]! <= limit)),
  );
  if (allowed.some((candidates) => candidates.length === 0)) return [];
  const sums = limits.filter(({ combine }) => combine === 'sum');
  const kinds = sums.map((limit) => axisOf(limit, allowed, { steps: 1, round: roundUp }));
  if (kinds.includes(undefined)) return [];
  const binding = sums.filter((_, index) => kinds[index] !== 'free');
  const kept = gains.map((candidates, choice) => allowed[choice]!.map((candidate) => candidates[candidate]!));
  const joint = () => {
    const steps = stepsOfAxes(binding.length, count, gains.length);
    const grid = solveGrid(
      kept,
      binding.map((limit) => axisOf(limit, allowed, { steps, round: roundUp }) as Axis),
      count,
    );
    return grid.solutionsAt(grid.states - 1);
  };
  const found = binding.length === 1 ? bestUnderOneLimit(kept, binding[0]!, allowed, count) : joint();
  return found.map(({ choices, gain }) => ({ choices: choices.map((chosen, choice) => allowed[choice]![chosen]!), gain }));
};

type Gains = readonly (readonly number[])[];

interface SolvedGrid {
  readonly states: number;
  /** The best networks whose rounded costs are at most those of the state, best first. */
  solutionsAt(state: number): readonly KnapsackSolution[];
}

/** A state is a point of the grid of all axes, numbered with the first axis fastest. */
const solveGrid = (gains: Gains, axes: readonly Axis[], count: number): SolvedGrid => {
  const strides = axes.map((_, axis) => axes.slice(0, axis).reduce((product, { steps }) => product * (steps + 1), 1));
  const states = axes.reduce((product, { steps }) => product * (steps + 1), 1);
  const coordinate = (state: number, axis: number) => Math.floor(state / strides[axis]!) % (axes[axis]!.steps + 1);

  // best[s * count + k]: k-th best gain of the choices so far at costs of at most state s; -Infinity where there is none.
  let best = new Float64Array(states * count).fill(-Infinity);
  for (let state = 0; state < states; state++) best[state * count] = 0;
  const decisions: { readonly candidate: Uint16Array; readonly rank: Uint16Array }[] = [];
  const offsets = gains.map((candidates, choice) =>
    candidates.map((_, candidate) => sum(axes.map(({ units }, axis) => units[choice]![candidate]! * strides[axis]!))),
  );
  for (const [choice, candidates] of gains.entries()) {
    const next = new Float64Array(best.length).fill(-Infinity);
    const chosenAt = new Uint16Array(best.length);
    const rankAt = new Uint16Array(best.length);
    const taken = new Uint16Array(candidates.length);
    const point = axes.map(() => 0);
    for (let state = 0; state < states; state++) {
      for (let axis = 0; axis < axes.length; axis++) point[axis] = coordinate(state, axis);
      const fits = candidates.map((_, candidate) => axes.every(({ units }, axis) => units[choice]![candidate]! <= point[axis]!));
      taken.fill(0);
      for (let k = 0; k < count; k++) {
        let chosen = -1;
        let gain = -Infinity;
        for (let j = 0; j < candidates.length; j++) {
          if (!fits[j] || taken[j]! >= count) continue;
          const value = best[(state - offsets[choice]![j]!) * count + taken[j]!]! + candidates[j]!;
          if (value > gain) {
            gain = value;
            chosen = j;
          }
        }
        if (chosen < 0) break;
        const entry = state * count + k;
        next[entry] = gain;
        chosenAt[entry] = chosen;
        rankAt[entry] = taken[chosen]!++;
      }
    }
    decisions.push({ candidate: chosenAt, rank: rankAt });
    best = next;
  }

  const solutionsAt = (end: number): readonly KnapsackSolution[] => {
    const solutions: KnapsackSolution[] = [];
    for (let k = 0; k < count && best[end * count + k]! > -Infinity; k++) {
      const choices = Array.from<number>({ length: gains.length });
      let state = end;
      let place = k;
      for (let choice = gains.length - 1; choice >= 0; choice--) {
        const entry = state * count + place;
        const chosen = decisions[choice]!.candidate[entry]!;
        place = decisions[choice]!.rank[entry]!;
        state -= offsets[choice]![chosen]!;
        choices[choice] = chosen;
      }
      solutions.push({ choices, gain: sum(choices.map((chosen, choice) => gains[choice]![chosen]!)) });
    }
    return solutions;
  };
  return { states, solutionsAt };
};
