// What a profile says of the blocks of a space: by place, where networks of this very space were measured block by block; else by key.
import type { PredictedSpace, Profile, ProfiledBlock, ProfiledNetwork, ProfiledSpace } from '@nasc/core';
import { interquartileMean } from '@nasc/measure';
import { nothingKey, unitKey } from '../keys/block-key.ts';
import { findSpace } from '../keys/match-space.ts';

/** Mean latency of a block, ms, with the number of measurements and their variance, ms². */
export type TableEntry = Pick<ProfiledBlock, 'ms' | 'count' | 'variance'>;

export interface BlockTable {
  /** Per choice and candidate; undefined where the profile does not know. */
  readonly choices: readonly (readonly (TableEntry | undefined)[])[];
  /** By unit, in the order of the space's. */
  readonly fixed: readonly (TableEntry | undefined)[];
}

const nothing: TableEntry = { ms: 0, count: 0, variance: 0 };

/** The latency that a network had at the usual speed of the device, and that of its blocks: measured times usual / reference. */
export const normalised = (value: number, { referenceMs }: ProfiledNetwork, { reference }: Pick<ProfiledSpace, 'reference'>): number =>
  referenceMs === undefined || reference === undefined ? value : (value * reference.ms) / referenceMs;

const entryOf = (samples: readonly number[]): TableEntry | undefined => {
  if (samples.length === 0) return undefined;
  const ms = interquartileMean(samples);
  const variance = samples.reduce((sum, sample) => sum + (sample - ms) ** 2, 0) / Math.max(1, samples.length - 1);
  return { ms, count: samples.length, variance };
};

/** Measured in place: each block of each network is a sample of its candidate. */
const fromNetworks = (space: ProfiledSpace): BlockTable | undefined => {
  const seen = space.networks.filter(({ blocksMs }) => blocksMs !== undefined);
  if (seen.length === 0) return undefined;
  const samples = (entry: number, candidate?: number): readonly number[] =>
    seen
      .filter(({ choices }) => candidate === undefined || choices[entry] === candidate)
      .map((network) => normalised(network.blocksMs![entry]!, network, space));
  return {
    choices: space.choices.map(({ candidates }, choice) => candidates.map((_, candidate) => entryOf(samples(choice, candidate)))),
    fixed: space.fixed.map((_, index) => entryOf(samples(space.choices.length + index))),
  };
};

const sumOf = (entries: readonly TableEntry[]): TableEntry => ({
  ms: entries.reduce((sum, { ms }) => sum + ms, 0),
  count: entries.length > 0 ? Math.min(...entries.map(({ count }) => count)) : 0,
  // Measurements that do not depend on each other.
  variance: entries.reduce((sum, { variance }) => sum + variance, 0),
});

const fromKeys = ({ blocks }: Profile, space: PredictedSpace): BlockTable => {
  const find = (key: string | undefined): TableEntry | undefined => {
    if (key === nothingKey) return nothing;
    return key === undefined || !Object.hasOwn(blocks, key) ? undefined : blocks[key];
  };
  return {
    choices: space.choices.map(({ candidates }) => candidates.map(({ key }) => find(key))),
    fixed: space.fixed.map(({ keys }) => {
      const together = find(unitKey(keys));
      if (together) return together;
      const each = keys.map(find);
      return each.includes(undefined) ? undefined : sumOf(each as readonly TableEntry[]);
    }),
  };
};

export const blockTable = (profile: Profile, space: PredictedSpace): BlockTable => {
  const profiled = findSpace(profile, space);
  const measured = profiled && fromNetworks(profiled);
  if (!measured) return fromKeys(profile, space);
  const known = fromKeys(profile, space);
  return {
    choices: measured.choices.map((candidates, choice) => candidates.map((entry, candidate) => entry ?? known.choices[choice]![candidate])),
    fixed: measured.fixed.map((entry, index) => entry ?? known.fixed[index]),
  };
};

/** Keys of the space that a table lacks, each once, and places (`choice/candidate`) without a key. */
export const missingKeys = (table: BlockTable, space: PredictedSpace): readonly string[] => {
  const lacking = [
    ...table.choices.flatMap((candidates, choice) =>
      candidates.flatMap((entry, candidate) => {
        const { id, candidates: named } = space.choices[choice]!;
        return entry ? [] : [named[candidate]!.key ?? `${id}/${named[candidate]!.name}`];
      }),
    ),
    ...table.fixed.flatMap((entry, index) => (entry ? [] : [unitKey(space.fixed[index]!.keys)])),
  ];
  return [...new Set(lacking)];
};
