// `table`: what the profile says of each block, and nothing else.
import type { LatencyModel, LatencyPredictorDefinition, LatencyValue, PredictedSpace, Profile } from '@nasc/core';
import { completeTable } from '@nasc/profile';
import type { CompleteTable, TableEntry } from '@nasc/profile';
import { medianDeviation } from './additive.ts';
import type { Additive } from './additive.ts';

/** As it was measured, or as others measured it. */
export const knownValue = ({ device, target }: Profile, { ms, count, variance }: TableEntry): LatencyValue => ({
  ms,
  source: target ? 'measured' : 'table',
  samples: count,
  spread: medianDeviation * Math.sqrt(variance),
  deviceId: device.id,
});

export const tableModel = (profile: Profile, space: PredictedSpace, { choices, fixed }: CompleteTable): LatencyModel => ({
  choices: choices.map((candidates) => candidates.map((entry) => knownValue(profile, entry))),
  fixed: Object.fromEntries(space.fixed.map(({ id }, unit) => [id, knownValue(profile, fixed[unit]!)])),
  facts: { base: 'table', networks: 0 },
});

/** The table as a sum that may be corrected. */
export const tableBase = ({ choices, fixed }: CompleteTable): Additive => ({
  choices: choices.map((candidates) => candidates.map(({ ms }) => ms)),
  fixed: fixed.map(({ ms }) => ms),
  call: 0,
});

export const noOptions = { type: 'object', properties: {}, additionalProperties: false };

export const tablePredictor: LatencyPredictorDefinition = {
  name: 'table',
  description: 'What was measured of each block; a network is their sum.',
  optionsSchema: noOptions,
  create: () => ({
    name: 'table',
    needs: { blocks: true, networks: undefined },
    fit: ({ profile, space }) => tableModel(profile, space, completeTable(profile, space)),
  }),
};
