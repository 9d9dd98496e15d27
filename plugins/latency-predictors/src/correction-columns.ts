// The columns by which a sum is corrected, and their value for each part of the sum: what `correctSum` finds the weights of.
import type { PredictedSpace } from '@nasc/core';
import type { Additive } from './additive.ts';
import type { ColumnGroup } from './evidence-regression.ts';
import type { MeasuredNetwork } from './measured-networks.ts';

export interface SumCorrection {
  readonly space: PredictedSpace;
  readonly networks: readonly MeasuredNetwork[];
  readonly base: Additive;
  /** What the base may be off by besides: columns that are added with unknown weights, each group with its own width. */
  readonly directions?: readonly {
    readonly name: string;
    readonly parts: readonly Additive[];
    readonly deviation: number;
    readonly learned: boolean;
  }[];
  /** How far scale and call may be from those of the base, as shares: of the base, and of a network's latency. */
  readonly width: { readonly scale: number; readonly call: number };
  /** Call, scale and directions alone. */
  readonly affine?: boolean;
}

/** Values by column, in ascending order of the columns. */
export type Features = Map<number, number>;

export interface CorrectionColumns {
  readonly groups: readonly ColumnGroup[];
  readonly features: { readonly choices: readonly (readonly Features[])[]; readonly fixed: readonly Features[]; readonly call: Features };
}

/** Of the weights whose width is learned, at the beginning: corrections of some percent. */
const firstDeviation = 0.05;

/** A network takes `meanMs` in the mean. */
export const correctionColumns = (
  { space, base, directions = [], width, affine = false }: SumCorrection,
  meanMs: number,
): CorrectionColumns => {
  const blockMs = meanMs / Math.max(1, space.choices.length + space.fixed.length);
  const choices = space.choices.map(({ candidates }) => candidates.map((): Features => new Map()));
  const fixed = space.fixed.map((): Features => new Map());
  const call: Features = new Map();
  const groups: ColumnGroup[] = [];
  let columns = 0;
  const add = (name: string, deviation: number, learned: boolean, fills: readonly ((column: number) => void)[]) => {
    const first = columns;
    for (const fill of fills) fill(columns++);
    groups.push({ name, deviation, learned, columns: fills.map((_, index) => first + index) });
  };
  const fillAll = (part: Additive) => (column: number) => {
    for (const [choice, candidates] of part.choices.entries())
      for (const [candidate, ms] of candidates.entries()) if (ms !== 0) choices[choice]![candidate]!.set(column, ms);
    for (const [unit, ms] of part.fixed.entries()) if (ms !== 0) fixed[unit]!.set(column, ms);
    if (part.call !== 0) call.set(column, part.call);
  };

  const known = base.choices.some((candidates) => candidates.some((ms) => ms > 0));
  add('call', width.call, false, [(column) => call.set(column, meanMs)]);
  add('scale', width.scale, false, known ? [fillAll(base)] : []);
  for (const { name, parts: several, deviation, learned } of directions) add(name, deviation, learned, several.map(fillAll));
  if (affine) return { groups, features: { choices, fixed, call } };

  const candidatesBy = (
    labelOf: (choice: number, candidate: number) => string | undefined,
  ): readonly (readonly (readonly [number, number])[])[] => {
    const found = new Map<string, (readonly [number, number])[]>();
    for (const [choice, { candidates }] of space.choices.entries()) {
      for (const candidate of candidates.keys()) {
        const label = labelOf(choice, candidate);
        if (label !== undefined) found.set(label, [...(found.get(label) ?? []), [choice, candidate]]);
      }
    }
    // What stands in one place alone has a correction of its own anyway.
    return [...found.values()].filter((places) => places.length > 1);
  };
  const fillEach =
    (places: readonly (readonly [number, number])[], valueOf: (choice: number, candidate: number) => number) => (column: number) => {
      for (const [choice, candidate] of places) choices[choice]![candidate]!.set(column, valueOf(choice, candidate));
    };
  const share = (choice: number, candidate: number) => (known ? base.choices[choice]![candidate]! : blockMs);
  const named = (choice: number, candidate: number) => space.choices[choice]!.candidates[candidate]!;
  const kinds = candidatesBy((choice, candidate) => named(choice, candidate).name);
  add(
    'kinds',
    firstDeviation,
    true,
    kinds.map((places) => fillEach(places, share)),
  );
  const choicesWithShares = known ? candidatesBy((choice) => String(choice)) : [];
  add(
    'places',
    firstDeviation,
    true,
    choicesWithShares.map((places) => fillEach(places, share)),
  );
  const keys = candidatesBy((choice, candidate) => named(choice, candidate).key);
  add(
    'keys',
    firstDeviation,
    true,
    keys.map((places) => fillEach(places, () => blockMs)),
  );
  const own = space.choices.flatMap(({ candidates }, choice) =>
    candidates.length > 1 ? candidates.map((_, candidate) => [choice, candidate] as const) : [],
  );
  add(
    'candidates',
    firstDeviation,
    true,
    own.map((place) => fillEach([place], () => blockMs)),
  );
  return { groups, features: { choices, fixed, call } };
};
