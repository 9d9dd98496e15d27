// From blocks measured in place to one latency by key, for other spaces and for people: all places where a block stands, together.
import type { PredictedSpace, ProfiledBlock, ProfiledSpace } from '@nasc/core';
import { interquartileMean } from '@nasc/measure';
import { nothingKey, unitKey } from '../keys/block-key.ts';
import { normalised } from './block-table.ts';

const variance = (samples: readonly number[], ms: number): number =>
  samples.reduce((sum, sample) => sum + (sample - ms) ** 2, 0) / Math.max(1, samples.length - 1);

/** Empty where no network was measured block by block. */
export const summariseBlocks = (space: ProfiledSpace, sizes: PredictedSpace['blocks']): Readonly<Record<string, ProfiledBlock>> => {
  const samples = new Map<string, number[]>();
  const add = (key: string | undefined, ms: number) => {
    if (key === undefined || key === nothingKey) return;
    const seen = samples.get(key);
    if (seen) seen.push(ms);
    else samples.set(key, [ms]);
  };
  for (const network of space.networks) {
    if (!network.blocksMs) continue;
    const ms = network.blocksMs.map((value) => normalised(value, network, space));
    for (const [choice, { candidates }] of space.choices.entries()) add(candidates[network.choices[choice]!]!.key, ms[choice]!);
    for (const [index, { keys }] of space.fixed.entries()) add(unitKey(keys), ms[space.choices.length + index]!);
  }
  return Object.fromEntries(
    [...samples].map(([key, values]) => {
      const ms = interquartileMean(values);
      return [key, { ms, count: values.length, variance: variance(values, ms), ...sizes[key] }];
    }),
  );
};
