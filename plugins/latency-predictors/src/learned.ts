// `learned`: blocks of sizes that were never measured, told from those that were. The logarithm of a block's latency is that of its work
// (`fitWorkTrend`) and what a Gaussian process over kind, sizes and attributes says it differs by. Whole networks correct the sum as in
// `corrected`; where those of the space are none, networks of another space tell at least call and scale.
import type { LatencyModel, LatencyPredictorDefinition, LatencyValue, PredictedSpace, PredictorRequest, Profile } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { median } from '@nasc/measure';
import { blockTable, completeTable, latencyMissing, missingKeys, nothingKey, unitKey } from '@nasc/profile';
import type { TableEntry } from '@nasc/profile';
import { callEntry, medianDeviation, sumOf, withoutNegatives } from './additive.ts';
import type { Additive } from './additive.ts';
import { blockFeatures } from './block-features.ts';
import type { BlockFeatures } from './block-features.ts';
import { correctedModel, tableWidth } from './corrected.ts';
import { correctSum } from './correct-sum.ts';
import { fitGaussianProcess } from './gaussian-process.ts';
import type { Estimate } from './gaussian-process.ts';
import { measuredNetworks } from './measured-networks.ts';
import { noOptions, tableBase } from './table.ts';
import { fitWorkTrend } from './work-trend.ts';

/** Fewer blocks teach nothing. */
const leastBlocks = 8;
/** Relative deviation of a measurement, where no block was measured twice. */
const usualDeviation = 0.02;

/** Squared relative standard error of a measured latency: by its own variance, or by the usual one, whichever is more. */
const errorOf = ({ blocks }: Profile): ((entry: TableEntry) => number) => {
  const seen = Object.values(blocks).flatMap(({ ms, count, variance }) => (count > 1 && ms > 0 ? [variance / (ms * ms)] : []));
  const usual = seen.length > 0 ? median(seen) : usualDeviation ** 2;
  return ({ ms, count, variance }) => Math.max(usual, variance / (ms * ms)) / Math.max(1, count);
};

interface Learned {
  /** Logarithm of ms; undefined for a block of a kind that was never measured, or whose key says too little. */
  predict(key: string): Estimate | undefined;
  /** By all blocks but that one; undefined where the block was not learned from. */
  leftOut(key: string): Estimate | undefined;
}

const nothingLearned: Learned = { predict: () => undefined, leftOut: () => undefined };

const learn = (profile: Profile, space: PredictedSpace): Learned => {
  const featuresOf = (key: string) => blockFeatures(key, space.blocks[key]?.macs === undefined ? profile.blocks[key] : space.blocks[key]);
  const known = Object.entries(profile.blocks).flatMap(
    ([key, entry]): readonly { key: string; entry: TableEntry; features: BlockFeatures }[] => {
      const features = entry.ms > 0 ? featuresOf(key) : undefined;
      return features ? [{ key, entry, features }] : [];
    },
  );
  if (known.length < leastBlocks) return nothingLearned;
  const trend = fitWorkTrend(
    known.map(({ features }) => features.work),
    known.map(({ entry }) => entry.ms),
  );
  const trendOf = ({ work }: BlockFeatures) => Math.log(Math.max(trend(work), Number.MIN_VALUE));
  const error = errorOf(profile);
  const process = fitGaussianProcess(
    known.map(({ features }) => features),
    known.map(({ entry, features }) => Math.log(entry.ms) - trendOf(features)),
    known.map(({ entry }) => error(entry)),
  );
  const kinds = new Set(known.map(({ features }) => features.kind));
  const places = new Map(known.map(({ key }, index) => [key, index]));
  const shifted = ({ mean, variance }: Estimate, features: BlockFeatures): Estimate => ({ mean: mean + trendOf(features), variance });
  return {
    predict(key) {
      const features = featuresOf(key);
      return features && kinds.has(features.kind) ? shifted(process.predict(features), features) : undefined;
    },
    leftOut(key) {
      const index = places.get(key);
      return index === undefined ? undefined : shifted(process.leftOut[index]!, known[index]!.features);
    },
  };
};

/** A part's latency, its standard deviation, and how often it was measured: 0 where it is told from others. */
interface Told {
  readonly ms: number;
  readonly deviation: number;
  readonly samples: number;
  readonly source: LatencyValue['source'];
}

/** Of a logarithm that is normal: its median, and its deviation to first order. */
const toldBy = ({ mean, variance }: Estimate): Told => ({
  ms: Math.exp(mean),
  deviation: Math.exp(mean) * Math.sqrt(variance),
  samples: 0,
  source: 'model',
});

interface ToldSpace {
  readonly choices: readonly (readonly Told[])[];
  readonly fixed: readonly Told[];
  readonly learnedBlocks: number;
}

/** What was measured, each in the measure of its certainty, and everything else as it is learned. Throws LATENCY_MISSING. */
const tell = (profile: Profile, space: PredictedSpace): ToldSpace => {
  const table = blockTable(profile, space);
  const { predict, leftOut } = learn(profile, space);
  const error = errorOf(profile);
  const missing = new Set<string>();
  const source = profile.target ? 'measured' : 'table';
  const learnedKeys = new Set<string>();
  const nothing: Told = { ms: 0, deviation: 0, samples: 0, source };
  const measured = (entry: TableEntry, key: string | undefined): Told => {
    if (entry.ms === 0) return nothing;
    const own = error(entry);
    const others = key === undefined ? undefined : leftOut(key);
    if (!others) return { ms: entry.ms, deviation: entry.ms * Math.sqrt(own), samples: entry.count, source };
    // Two estimates of one logarithm, weighted by their precisions.
    const share = others.variance / (others.variance + own);
    const ms = Math.exp(share * Math.log(entry.ms) + (1 - share) * others.mean);
    return { ms, deviation: ms * Math.sqrt(share * own), samples: entry.count, source };
  };
  const learned = (key: string): Told | undefined => {
    const estimate = predict(key);
    if (estimate) learnedKeys.add(key);
    return estimate && toldBy(estimate);
  };
  const place = (entry: TableEntry | undefined, key: string | undefined, name: string): Told => {
    if (entry) return measured(entry, key);
    const found = key === undefined ? undefined : learned(key);
    if (!found) missing.add(key ?? name);
    return found ?? nothing;
  };
  /** A unit of a kind that was never measured is the sum of its blocks. */
  const unit = (keys: readonly string[]): Told => {
    const together = learned(unitKey(keys));
    if (together) return together;
    const each = keys.map((key) => place(key === nothingKey ? { ms: 0, count: 0, variance: 0 } : profile.blocks[key], key, key));
    return {
      ms: sumOf(each.map(({ ms }) => ms)),
      deviation: Math.hypot(...each.map(({ deviation }) => deviation)),
      samples: 0,
      source: 'model',
    };
  };
  const choices = table.choices.map((candidates, choice) =>
    candidates.map((entry, candidate) => {
      const { id, candidates: named } = space.choices[choice]!;
      const { key, name } = named[candidate]!;
      return place(entry, key, `${id}/${name}`);
    }),
  );
  const fixed = table.fixed.map((entry, index) => {
    const { keys } = space.fixed[index]!;
    return entry ? measured(entry, unitKey(keys)) : unit(keys);
  });
  if (missing.size > 0) throw new DiagnosticError([latencyMissing(profile, space.name, [...missing])]);
  return { choices, fixed, learnedBlocks: learnedKeys.size };
};

const baseOf = ({ choices, fixed }: ToldSpace): Additive => ({
  choices: choices.map((candidates) => candidates.map(({ ms }) => ms)),
  fixed: fixed.map(({ ms }) => ms),
  call: 0,
});

/** Call and scale by networks of another space, the one with most of them; undefined where there is none. */
const affineElsewhere = ({
  profile,
}: PredictorRequest): { readonly callMs: number; readonly scale: number; readonly space: string } | undefined => {
  const others = profile.spaces
    .map((other) => ({ ...other, blocks: profile.blocks }))
    .filter((other) => other.networks.length > 1 && missingKeys(blockTable(profile, other), other).length === 0)
    .toSorted((a, b) => b.networks.length - a.networks.length);
  const [other] = others;
  if (!other) return undefined;
  const networks = measuredNetworks(profile, other);
  const { scale, facts } = correctSum({
    space: other,
    networks,
    base: tableBase(completeTable(profile, other)),
    width: tableWidth,
    affine: true,
  });
  return { callMs: facts.callMs!, scale, space: other.name };
};

const fit = (request: PredictorRequest): LatencyModel => {
  const { profile, space } = request;
  const told = tell(profile, space);
  const base = baseOf(told);
  const found = { base: told.learnedBlocks > 0 ? 'learned' : 'table', learnedBlocks: told.learnedBlocks };
  const networks = measuredNetworks(profile, space);
  if (networks.length > 0) {
    const corrected = correctSum({ space, networks, base, width: tableWidth });
    return correctedModel(request, networks, corrected, found);
  }
  const affine = affineElsewhere(request);
  const { scale = 1, callMs = 0 } = affine ?? {};
  const scaled = withoutNegatives({
    choices: base.choices.map((candidates) => candidates.map((ms) => scale * ms)),
    fixed: base.fixed.map((ms) => scale * ms),
    call: callMs,
  });
  const value = ({ deviation, samples, source }: Told, ms: number): LatencyValue => ({
    ms,
    source: affine ? 'model' : source,
    samples,
    spread: medianDeviation * scale * deviation,
    deviceId: profile.device.id,
  });
  return {
    choices: told.choices.map((candidates, choice) => candidates.map((one, candidate) => value(one, scaled.choices[choice]![candidate]!))),
    fixed: {
      ...Object.fromEntries(space.fixed.map(({ id }, unit) => [id, value(told.fixed[unit]!, scaled.fixed[unit]!)])),
      ...(affine && { [callEntry]: { ms: scaled.call, source: 'model', samples: 0, spread: 0, deviceId: profile.device.id } }),
    },
    facts: { ...found, networks: 0, ...(affine && { scale, callMs, correctedBy: affine.space }) },
  };
};

export const learnedPredictor: LatencyPredictorDefinition = {
  name: 'learned',
  description: 'Blocks of sizes that were never measured, told from those that were; corrected by whole networks where there are some.',
  optionsSchema: noOptions,
  create: () => ({ name: 'learned', needs: { blocks: true, networks: undefined }, fit }),
};
