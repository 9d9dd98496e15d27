// Uniform draws among the networks that keep all limits. Where few do, drawing any network and looking would take for ever: so
// networks are counted instead. Costs are rounded down to a grid, the networks that keep the limits on the grid are counted choice by
// choice (dynamic programming), and one of them is drawn by these counts. All networks that keep the limits are among them, equally
// likely, and the few that keep them only when rounded are rejected: what is left is uniform, whatever the grid.
import type { CostTable } from '@nasc/core';
import { pathCost } from '@nasc/search';
import type { Random } from '@nasc/random';

export interface FeasibleNetworks {
  /** Whether a network keeps every limit. */
  keepsLimits(choices: readonly number[]): boolean;
  /** One of those that do; undefined where `attempts` draws found none. */
  draw(random: Random): readonly number[] | undefined;
}

/** Points of the grid over all limited sums together. */
const gridPoints = 65_536;
/** Draws before it is said that there is nothing. The grid is fine: of one limited sum a few of a hundred are rejected. */
const attempts = 10_000;

/** One limited sum on the grid. */
interface Axis {
  readonly steps: number;
  /** Steps of each candidate above the cheapest of its choice, rounded down. */
  readonly units: readonly (readonly number[])[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Undefined where every network keeps the limit. Sums are allowed a rounding error, so that no network on the limit itself is lost. */
const axisOf = ({ candidates, constant, limit }: CostTable, steps: number): Axis | undefined => {
  const cheapest = candidates.map((costs) => Math.min(...costs));
  const room = limit! - constant - sum(cheapest);
  if (sum(candidates.map((costs, choice) => Math.max(...costs) - cheapest[choice]!)) <= room) return undefined;
  const units = candidates.map((costs, choice) =>
    costs.map((cost) => {
      const above = cost - cheapest[choice]!;
      return above === 0 ? 0 : room > 0 ? Math.max(0, Math.floor((above / room) * steps - 1e-6)) : steps + 1;
    }),
  );
  return { steps, units };
};

export const feasibleNetworks = (costs: readonly CostTable[]): FeasibleNetworks => {
  const limited = costs.filter(({ limit }) => limit !== undefined);
  const keepsLimits = (choices: readonly number[]) => limited.every((table) => pathCost(table, choices) <= table.limit!);
  const sums = limited.filter((table) => table.combine === 'sum' && axisOf(table, 1));
  const steps = Math.floor(gridPoints ** (1 / Math.max(1, sums.length))) - 1;
  const axes = sums.map((table) => axisOf(table, steps)!);
  const each = limited.filter(({ combine }) => combine === 'max');
  const allowed = costs[0]!.candidates.map((candidates, choice) =>
    [...candidates.keys()].filter((candidate) => each.every((table) => table.candidates[choice]![candidate]! <= table.limit!)),
  );
  const grid = countedGrid(axes, allowed);
  return {
    keepsLimits,
    draw(random) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const choices = grid.draw(random);
        if (!choices) return undefined;
        if (keepsLimits(choices)) return choices;
      }
      return undefined;
    },
  };
};

/**
 * counts[i][s]: continuations from choice i on that cost at most what is left at point s of the grid, points numbered with the first axis
 * fastest. Doubles: counts above 2^53 are rounded, relatively by 1e-16.
 */
const countedGrid = (axes: readonly Axis[], allowed: readonly (readonly number[])[]) => {
  const strides = axes.map((_, axis) => axes.slice(0, axis).reduce((product, { steps }) => product * (steps + 1), 1));
  const points = axes.reduce((product, { steps }) => product * (steps + 1), 1);
  const left = (point: number, axis: number) => Math.floor(point / strides[axis]!) % (axes[axis]!.steps + 1);
  const fits = (point: number, choice: number, candidate: number) =>
    axes.every(({ units }, axis) => units[choice]![candidate]! <= left(point, axis));
  const offset = (choice: number, candidate: number) => sum(axes.map(({ units }, axis) => units[choice]![candidate]! * strides[axis]!));
  const offsets = allowed.map((candidates, choice) => candidates.map((candidate) => offset(choice, candidate)));

  const counts = [...allowed, []].map(() => new Float64Array(points));
  counts[allowed.length]!.fill(1);
  for (let choice = allowed.length - 1; choice >= 0; choice--) {
    for (let point = 0; point < points; point++) {
      for (const [index, candidate] of allowed[choice]!.entries()) {
        if (fits(point, choice, candidate)) counts[choice]![point]! += counts[choice + 1]![point - offsets[choice]![index]!]!;
      }
    }
  }
  return {
    /** Undefined where the grid holds no network. */
    draw(random: Random): readonly number[] | undefined {
      let point = points - 1;
      if (!(counts[0]![point]! > 0)) return undefined;
      return allowed.map((candidates, choice) => {
        const continuations = candidates.map((candidate, index) =>
          fits(point, choice, candidate) ? counts[choice + 1]![point - offsets[choice]![index]!]! : 0,
        );
        const drawn = random.categorical(continuations);
        point -= offsets[choice]![drawn]!;
        return candidates[drawn]!;
      });
    },
  };
};
