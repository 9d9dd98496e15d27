// Latencies of a space's parts, of which a network's is the sum.
import type { LatencyModel, LatencyValue, PredictedSpace } from '@nasc/core';

/** A latency, or what is added to one, ms. */
export interface Additive {
  /** Per choice and candidate. */
  readonly choices: readonly (readonly number[])[];
  /** By unit, in the order of the space's. */
  readonly fixed: readonly number[];
  /** What belongs to no block: a call of the runtime, and whatever else each network takes. */
  readonly call: number;
}

/** Name of what belongs to no block, among what is fixed. */
export const callEntry = 'call';

export const sumOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const networkMs = ({ choices, fixed, call }: Additive, network: readonly number[]): number =>
  network.reduce((total, candidate, choice) => total + choices[choice]![candidate]!, call + sumOf(fixed));

/** Of several at once; `combine` gets the same part of each. */
export const combineParts = (parts: readonly Additive[], combine: (values: readonly number[]) => number): Additive => ({
  choices: parts[0]!.choices.map((candidates, choice) =>
    candidates.map((_, candidate) => combine(parts.map((part) => part.choices[choice]![candidate]!))),
  ),
  fixed: parts[0]!.fixed.map((_, unit) => combine(parts.map((part) => part.fixed[unit]!))),
  call: combine(parts.map(({ call }) => call)),
});

/**
 * The same sums of the same networks, without a negative part. Each network has one candidate of every choice, so that an amount may go
 * from all candidates of a choice to what is fixed, and back. Where even the fastest network would take less than nothing it takes nothing.
 */
export const withoutNegatives = ({ choices, fixed, call }: Additive): Additive => {
  const lifted = choices.map((candidates) => {
    const shift = Math.min(0, ...candidates);
    return { shift, candidates: candidates.map((ms) => ms - shift) };
  });
  const raised = fixed.map((ms) => Math.max(0, ms));
  const rest = call + sumOf(lifted.map(({ shift }) => shift)) + sumOf(fixed) - sumOf(raised);
  if (rest >= 0) return { choices: lifted.map(({ candidates }) => candidates), fixed: raised, call: rest };
  // First from the units, then from what all candidates of a choice have in common.
  const units = sumOf(raised);
  const fromUnits = Math.min(units, -rest);
  const least = lifted.map(({ candidates }) => Math.min(...candidates));
  const common = sumOf(least);
  const fromChoices = Math.min(common, -rest - fromUnits);
  return {
    choices: lifted.map(({ candidates }, choice) =>
      candidates.map((ms) => ms - (common > 0 ? (least[choice]! * fromChoices) / common : 0)),
    ),
    fixed: raised.map((ms) => ms * (units > 0 ? 1 - fromUnits / units : 1)),
    call: 0,
  };
};

/** From a standard deviation to the median absolute deviation, where deviations are normal. */
export const medianDeviation = 0.6745;

export interface ModelParts {
  /** ms; no part negative. */
  readonly ms: Additive;
  /** Standard deviations, ms. */
  readonly deviations: Additive;
  /** Networks in which a candidate was seen. */
  readonly samples: readonly (readonly number[])[];
  readonly networks: number;
  readonly deviceId: string;
  readonly facts: LatencyModel['facts'];
}

/** Where every part is what a fit found. */
export const modelOf = (space: PredictedSpace, { ms, deviations, samples, networks, deviceId, facts }: ModelParts): LatencyModel => {
  const value = (latency: number, deviation: number, count: number): LatencyValue => ({
    ms: latency,
    source: 'model',
    samples: count,
    spread: medianDeviation * deviation,
    deviceId,
  });
  return {
    choices: ms.choices.map((candidates, choice) =>
      candidates.map((latency, candidate) => value(latency, deviations.choices[choice]![candidate]!, samples[choice]![candidate]!)),
    ),
    fixed: {
      ...Object.fromEntries(space.fixed.map(({ id }, unit) => [id, value(ms.fixed[unit]!, deviations.fixed[unit]!, networks)])),
      [callEntry]: value(ms.call, deviations.call, networks),
    },
    facts,
  };
};
