// Measurements from elsewhere as a profile.
import type { Profile, ProfiledSpace } from '@nasc/core';
import { median } from '@nasc/measure';
import type { ImportedRow } from './read-measurements.ts';

/** To the standard deviation of normal errors. */
const madToDeviation = 1.4826;

/** Speed of the reference, and how much it moved; undefined where no row has one. */
const referenceOf = (rows: readonly ImportedRow[]): ProfiledSpace['reference'] => {
  const measured = rows.flatMap(({ referenceMs }) => referenceMs ?? []);
  if (measured.length === 0) return undefined;
  const ms = median(measured);
  return { ms, noise: (madToDeviation * median(measured.map((value) => Math.abs(value - ms)))) / ms };
};

export interface ImportedDevice {
  /** For people; the device's id is made of it. */
  readonly name: string;
  /** Where the rows come from. */
  readonly source: string;
}

/** Each row stays a measurement of its own. */
export const importedProfile = (
  { name, choices, fixed }: ProfiledSpace,
  rows: readonly (ImportedRow & { readonly ms: number })[],
  device: ImportedDevice,
): Profile => {
  const reference = referenceOf(rows);
  const networks = rows.map(({ choices: path, ms, referenceMs, samples }) => ({
    choices: path,
    ms,
    ...(referenceMs !== undefined && { referenceMs }),
    ...(samples !== undefined && { samples }),
  }));
  return {
    device: { id: device.name.toLowerCase().replaceAll(/[^\w.-]+/g, '-'), description: device.name },
    source: device.source,
    protocol: { method: 'imported', networks: networks.length },
    blocks: {},
    spaces: [{ name, choices, fixed, ...(reference && { reference }), networks }],
  };
};
