// What whole networks say of a sum of latencies that was made otherwise: a cost of the call, a scale, and corrections that are the
// smaller the less they are needed (ridge regression; the widths of the priors follow from the networks by `fitByEvidence`):
//
//   network ms = call + scale · (sum of the base) + Σ corrections of its candidates
//
// A candidate's correction is the sum of four, each with a width of its own: by its kind (a share of the base, common to all candidates
// of that name), by its place (a share, common to all candidates of the choice), by its key (common to all places where the block stands)
// and its own. The mean effect of neighbours, and of what blocks cost outside their timers, is carried so; what one network's
// combination of neighbours adds to it no sum can carry. Errors count as shares of the latency.
import type { PredictedSpace } from '@nasc/core';
import { networkMs, sumOf, withoutNegatives } from './additive.ts';
import type { Additive } from './additive.ts';
import { fitByEvidence } from './evidence-regression.ts';
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

export interface CorrectedSum {
  readonly ms: Additive;
  readonly deviations: Additive;
  readonly scale: number;
  readonly logEvidence: number;
  readonly facts: Readonly<Record<string, number>>;
}

/** A part's features by column. */
type Features = Map<number, number>;

interface Design {
  readonly groups: readonly ColumnGroup[];
  readonly choices: readonly (readonly Features[])[];
  readonly fixed: readonly Features[];
  readonly call: Features;
}

/** Of the weights whose width is learned, at the beginning: corrections of some percent. */
const firstDeviation = 0.05;
const firstNoise = 0.02;
/** No machine repeats itself better. */
const leastNoise = 5e-4;

const round = (value: number, digits = 4): number => Number(value.toPrecision(digits));

const designOf = ({ space, base, directions = [], width, affine = false }: SumCorrection, meanMs: number): Design => {
  const parts = space.choices.length + space.fixed.length;
  const blockMs = meanMs / Math.max(1, parts);
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
  if (affine) return { groups: groups.filter((group) => group.columns.length > 0), choices, fixed, call };

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
  return { groups: groups.filter((group) => group.columns.length > 0), choices, fixed, call };
};

/** At least one network is needed. */
export const correctSum = (correction: SumCorrection): CorrectedSum => {
  const { networks, base } = correction;
  const meanMs = sumOf(networks.map(({ ms }) => ms)) / networks.length;
  const design = designOf(correction, meanMs);
  const columns = sumOf(design.groups.map((group) => group.columns.length));
  const constant = new Float64Array(columns);
  for (const features of [design.call, ...design.fixed]) for (const [column, value] of features) constant[column]! += value;
  const rows = networks.map(({ choices, ms }) => {
    const row = Float64Array.from(constant);
    for (const [choice, candidate] of choices.entries())
      for (const [column, value] of design.choices[choice]![candidate]!) row[column]! += value;
    return row.map((value) => value / ms);
  });
  const targets = networks.map(({ choices, ms }) => 1 - networkMs(base, choices) / ms);
  const fit = fitByEvidence(rows, targets, design.groups, { noise: firstNoise, leastNoise });

  const shiftOf = (features: Features): number => [...features].reduce((sum, [column, value]) => sum + value * fit.weights[column]!, 0);
  const mapParts = (ofFeatures: (features: Features, ms: number) => number): Additive => ({
    choices: base.choices.map((candidates, choice) =>
      candidates.map((ms, candidate) => ofFeatures(design.choices[choice]![candidate]!, ms)),
    ),
    fixed: base.fixed.map((ms, unit) => ofFeatures(design.fixed[unit]!, ms)),
    call: ofFeatures(design.call, base.call),
  });
  const ms = withoutNegatives(mapParts((features, before) => before + shiftOf(features)));
  const scaleGroup = design.groups.find(({ name }) => name === 'scale');
  const scale = scaleGroup ? 1 + fit.weights[scaleGroup.columns[0]!]! : 1;
  const widths = design.groups.flatMap(({ name, learned }, index) =>
    learned ? [[`width of ${name}`, round(fit.deviations[index]!)] as const] : [],
  );
  return {
    ms,
    deviations: mapParts((features) => fit.deviationOf(features)),
    scale,
    logEvidence: fit.logEvidence,
    facts: {
      networks: networks.length,
      callMs: round(ms.call),
      ...(scaleGroup && { scale: round(scale) }),
      noise: round(fit.noise),
      ...Object.fromEntries(widths),
    },
  };
};
