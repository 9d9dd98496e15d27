// Latency of every candidate at every choice, inside whole networks: what a target needs that can time the blocks of one
// network at a time. Targets with a faster way (one binary for the whole space, profiles) have their own.
import type { BlockLatencies, DeviceDescription, LatencyValue, MeasureContext } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { blockKeys, fixedKeys } from './block-keys.ts';
import type { BlockKey, KeyOfNode } from './block-keys.ts';
import { protocolVersion } from './measure.ts';
import { sampleNetworks } from './sample-networks.ts';
import { interquartileMean, medianAbsoluteDeviation } from './statistics.ts';

/** Milliseconds of one network by block; a block that computes nothing has no entry. */
export type BlockTimes = ReadonlyMap<BlockKey, number>;

export interface InPlaceOptions {
  readonly device: DeviceDescription;
  /** Times that each candidate of the widest choice is seen; others are seen more often. Default 5. */
  readonly visits?: number;
  /**
   * Times the network with candidate `choices[i]` at the i-th choice, as it is deployed (`deployedGraph` makes its graph).
   * `keyOf` says for which block the time of a node counts.
   */
  time(choices: readonly number[], keyOf: KeyOfNode): Promise<BlockTimes>;
}

/**
 * Draws networks so that every candidate is seen equally often, has each of them timed, and takes the interquartile mean
 * per candidate. What was timed before an interruption is not timed again.
 */
export const measureInPlace = async (
  space: SearchSpaceGraph,
  context: MeasureContext,
  { device, visits = 5, time }: InPlaceOptions,
): Promise<BlockLatencies> => {
  const keyOf = blockKeys(space);
  const candidates = choicesOf(space).map((choice) => choice.candidates.length);
  const networks = sampleNetworks(candidates, visits * Math.max(1, ...candidates), { seed: context.seed, stream: 'measure.inPlace' });
  const timed: (readonly (readonly [BlockKey, number])[])[] = [...((await context.checkpoint.resume<typeof timed>()) ?? [])];
  for (const choices of networks.slice(timed.length)) {
    context.signal.throwIfAborted();
    timed.push([...(await time(choices, keyOf))]);
    await context.checkpoint.store(timed);
    context.progress(timed.length, networks.length, 'networks timed');
  }

  const times = timed.map((entries) => new Map(entries));
  const value = (samples: readonly number[]): LatencyValue => ({
    ms: interquartileMean(samples),
    source: 'measured',
    samples: samples.length,
    spread: medianAbsoluteDeviation(samples),
    deviceId: device.id,
  });
  const samplesOf = (key: BlockKey, candidate?: number) =>
    times
      .filter((_, network) => candidate === undefined || networks[network]![key as number] === candidate)
      .map((blocks) => blocks.get(key) ?? 0);
  return {
    device,
    choices: candidates.map((count, choice) => Array.from({ length: count }, (_, candidate) => value(samplesOf(choice, candidate)))),
    fixed: Object.fromEntries(fixedKeys(space).map((key) => [key, value(samplesOf(key))])),
    protocol: { method: 'blocks in place, inside uniformly sampled networks', version: protocolVersion, networks: networks.length },
  };
};
