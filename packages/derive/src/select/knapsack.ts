// The best networks under a limit: one candidate a choice, gains and costs additive over choices (a multiple-choice
// knapsack), solved exactly by dynamic programming that keeps the K best of every state (Lawler, 1972, in spirit).

export interface KnapsackProblem {
  /** Gain of each candidate by choice; the sum is maximised. Finite. */
  readonly gains: readonly (readonly number[])[];
  /** Cost of each candidate by choice, not negative. */
  readonly costs: readonly (readonly number[])[];
  /** Largest allowed sum of costs; `Infinity` for none. */
  readonly limit: number;
  /** How many networks are wanted. */
  readonly count: number;
}

export interface KnapsackSolution {
  readonly choices: readonly number[];
  readonly gain: number;
  readonly cost: number;
}

/** Costs are rounded up to this share of what the limit leaves above the cheapest network, or a little coarser for many networks. */
const finestSteps = 20_000;
const coarsestSteps = 2_000;
const tableEntries = 8_000_000;

/**
 * At most `count` different networks, best first, ties in a fixed order. Empty exactly where no network keeps the limit. Because
 * costs are rounded up, a returned network always keeps the limit; one that uses it up to less than a step a choice may be missed.
 */
export const knapsack = ({ gains, costs, limit, count }: KnapsackProblem): readonly KnapsackSolution[] => {
  const cheapest = costs.map((candidates) => Math.min(...candidates));
  const least = sum(cheapest);
  if (least > limit) return [];
  const most = sum(costs.map((candidates) => Math.max(...candidates)));
  // Costs above each choice's cheapest candidate: the cheapest network costs 0 and is never lost to rounding.
  const room = Math.min(limit, most) - least;
  const steps = limit >= most ? 0 : Math.min(finestSteps, Math.max(coarsestSteps, Math.floor(tableEntries / (count * costs.length))));
  const units = costs.map((candidates, choice) =>
    candidates.map((cost) => {
      const above = cost - cheapest[choice]!;
      return steps === 0 || above === 0 ? 0 : Math.ceil((above / room) * steps - 1e-9);
    }),
  );

  // best[b * count + k]: k-th best gain of the choices so far at a cost of at most b steps; -Infinity where there is none.
  let best = new Float64Array((steps + 1) * count).fill(-Infinity);
  for (let b = 0; b <= steps; b++) best[b * count] = 0;
  const decisions: { readonly candidate: Uint16Array; readonly rank: Uint16Array }[] = [];
  for (const [choice, candidates] of units.entries()) {
    const next = new Float64Array(best.length).fill(-Infinity);
    const candidate = new Uint16Array(best.length);
    const rank = new Uint16Array(best.length);
    const taken = new Uint16Array(candidates.length);
    for (let b = 0; b <= steps; b++) {
      taken.fill(0);
      for (let k = 0; k < count; k++) {
        let chosen = -1;
        let gain = -Infinity;
        for (let j = 0; j < candidates.length; j++) {
          const before = b - candidates[j]!;
          if (before < 0 || taken[j]! >= count) continue;
          const value = best[before * count + taken[j]!]! + gains[choice]![j]!;
          if (value > gain) {
            gain = value;
            chosen = j;
          }
        }
        if (chosen < 0) break;
        const entry = b * count + k;
        next[entry] = gain;
        candidate[entry] = chosen;
        rank[entry] = taken[chosen]!++;
      }
    }
    decisions.push({ candidate, rank });
    best = next;
  }

  const solutions: KnapsackSolution[] = [];
  for (let k = 0; k < count && best[steps * count + k]! > -Infinity; k++) {
    const choices = Array.from<number>({ length: units.length });
    let left = steps;
    let place = k;
    for (let choice = units.length - 1; choice >= 0; choice--) {
      const entry = left * count + place;
      const chosen = decisions[choice]!.candidate[entry]!;
      place = decisions[choice]!.rank[entry]!;
      left -= units[choice]![chosen]!;
      choices[choice] = chosen;
    }
    solutions.push({
      choices,
      gain: sum(choices.map((chosen, choice) => gains[choice]![chosen]!)),
      cost: sum(choices.map((chosen, choice) => costs[choice]![chosen]!)),
    });
  }
  return solutions;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
