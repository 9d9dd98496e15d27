// Whole networks of a profile, at the usual speed of their device.
import type { PredictedSpace, Profile } from '@nasc/core';
import { findSpace, normalised } from '@nasc/profile';

export interface MeasuredNetwork {
  readonly choices: readonly number[];
  readonly ms: number;
}

/** Those of the space, in the order in which they were measured. */
export const measuredNetworks = (profile: Profile, space: PredictedSpace): readonly MeasuredNetwork[] => {
  const profiled = findSpace(profile, space);
  return profiled
    ? profiled.networks
        .map((network) => ({ choices: network.choices, ms: normalised(network.ms, network, profiled) }))
        .filter(({ ms }) => ms > 0)
    : [];
};

/** How often each candidate stands in the networks. */
export const countCandidates = (
  space: Pick<PredictedSpace, 'choices'>,
  networks: readonly MeasuredNetwork[],
): readonly (readonly number[])[] => {
  const counts = space.choices.map(({ candidates }) => candidates.map(() => 0));
  for (const { choices } of networks) for (let choice = 0; choice < counts.length; choice++) counts[choice]![choices[choice]!]!++;
  return counts;
};
