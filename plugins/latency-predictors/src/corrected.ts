// `corrected`: the table, corrected by whole networks; or whole networks alone, where no block was measured.
import type { LatencyModel, LatencyPredictorDefinition, PredictedSpace, PredictorRequest, Profile } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { blockTable, completeTable, latencyMissing, missingKeys } from '@nasc/profile';
import type { CompleteTable } from '@nasc/profile';
import { modelOf, sumOf } from './additive.ts';
import type { Additive } from './additive.ts';
import { correctSum } from './correct-sum.ts';
import type { CorrectedSum } from './correct-sum.ts';
import type { SumCorrection } from './correction-columns.ts';
import { countCandidates, measuredNetworks } from './measured-networks.ts';
import type { MeasuredNetwork } from './measured-networks.ts';
import { sizeBase } from './size-base.ts';
import { noOptions, tableBase, tableModel } from './table.ts';

/** A table of the device itself: its sum is about right, but for what the call takes and the timers. */
export const tableWidth = { scale: 0.5, call: 0.3 };
/** Nothing but sizes, or nothing at all. */
const guessWidth = { scale: 1, call: 1 };

/** Throws LATENCY_MISSING where a candidate stands in none of the networks, in no place. */
const requireSeen = (profile: Profile, space: PredictedSpace, networks: readonly MeasuredNetwork[]): void => {
  const places = countCandidates(space, networks).flatMap((counts, choice) =>
    counts.map((count, candidate) => {
      const { id, candidates } = space.choices[choice]!;
      const { key, name } = candidates[candidate]!;
      return { label: key ?? `${id}/${name}`, count };
    }),
  );
  const seen = new Set(places.flatMap(({ label, count }) => (count > 0 ? [label] : [])));
  const unseen = new Set(places.flatMap(({ label }) => (seen.has(label) ? [] : [label])));
  if (unseen.size > 0) throw new DiagnosticError([latencyMissing(profile, space.name, [...unseen])]);
};

const meanBase = ({ choices, fixed }: PredictedSpace, call: number): Additive => ({
  choices: choices.map(({ candidates }) => candidates.map(() => 0)),
  fixed: fixed.map(() => 0),
  call,
});

type Start = Pick<SumCorrection, 'base' | 'directions' | 'width'> & { readonly from: string };

const startOf = ({ profile, space }: PredictorRequest, networks: readonly MeasuredNetwork[]): Start => {
  const table = blockTable(profile, space);
  if (missingKeys(table, space).length === 0) return { from: 'table', base: tableBase(table as CompleteTable), width: tableWidth };
  requireSeen(profile, space, networks);
  const meanMs = sumOf(networks.map(({ ms }) => ms)) / networks.length;
  const sizes = sizeBase(space, meanMs);
  return sizes
    ? {
        from: 'sizes',
        base: sizes.base,
        directions: [{ name: 'sizes', parts: [sizes.direction], deviation: 1, learned: false }],
        width: guessWidth,
      }
    : { from: 'mean', base: meanBase(space, meanMs), width: guessWidth };
};

/** Its latencies, and what the fit found. */
export const correctedModel = (
  { profile, space }: Pick<PredictorRequest, 'profile' | 'space'>,
  networks: readonly MeasuredNetwork[],
  { ms, deviations, facts }: Pick<CorrectedSum, 'ms' | 'deviations' | 'facts'>,
  found: LatencyModel['facts'],
): LatencyModel =>
  modelOf(space, {
    ms,
    deviations,
    samples: countCandidates(space, networks),
    networks: networks.length,
    deviceId: profile.device.id,
    facts: { ...found, ...facts },
  });

/** By networks of the space. Undefined where there are none. Throws LATENCY_MISSING where neither they nor the table know a candidate. */
export const correctByNetworks = (
  request: PredictorRequest,
  networks: readonly MeasuredNetwork[],
): (CorrectedSum & { readonly from: string }) | undefined => {
  if (networks.length === 0) return undefined;
  const { from, ...start } = startOf(request, networks);
  return { from, ...correctSum({ space: request.space, networks, ...start }) };
};

const fit = (request: PredictorRequest): LatencyModel => {
  const { profile, space } = request;
  const networks = measuredNetworks(profile, space);
  const corrected = correctByNetworks(request, networks);
  return corrected
    ? correctedModel(request, networks, corrected, { base: corrected.from })
    : tableModel(profile, space, completeTable(profile, space));
};

export const correctedPredictor: LatencyPredictorDefinition = {
  name: 'corrected',
  description: 'The table corrected by whole networks, as far as they ask for it; or whole networks alone.',
  optionsSchema: noOptions,
  create: () => ({ name: 'corrected', needs: { blocks: false, networks: undefined }, fit }),
};
