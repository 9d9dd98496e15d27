// Devices whose truth is known: blocks that take their time, a call, neighbours that get into each other's way, and clocks that err.
import type { PredictedSpace, Profile, ProfiledNetwork } from '@nasc/core';
import { sampleNetworks } from '@nasc/measure';
import { nothingKey, summariseBlocks } from '@nasc/profile';
import { Random } from '@nasc/random';

export interface SyntheticDevice {
  readonly id: string;
  /** ms per million multiply-accumulates, per million bytes, and of every block besides. */
  readonly msPerMac: number;
  readonly msPerByte: number;
  readonly blockMs: number;
  readonly callMs: number;
  /**
   * Relative standard deviations of a block from what its work says, the same wherever it stands: of all blocks with its attributes, on all
   * devices; of all blocks with its key, on all devices; on this device alone.
   */
  readonly kinds: number;
  readonly common: number;
  readonly individual: number;
  /** The same of the block in its place, and of each pair of neighbours, as a share of both. */
  readonly place: number;
  readonly neighbours: number;
  /** Of a measurement, relative. */
  readonly noise: number;
  /** What the timers of blocks say of a block's latency, and ms that they add. */
  readonly timerShare: number;
  readonly timerMs: number;
}

export const plain: SyntheticDevice = {
  id: 'plain',
  msPerMac: 0.2,
  msPerByte: 0.3,
  blockMs: 0.005,
  callMs: 0.02,
  kinds: 0.15,
  common: 0.1,
  individual: 0.05,
  place: 0.03,
  neighbours: 0.02,
  noise: 0.01,
  timerShare: 1,
  timerMs: 0,
};

/** A normal number that depends on names alone. */
const named = (stream: string, index = 0): number => new Random({ seed: 5, stream, index }).normal();

export interface DeviceTruth {
  /** Without noise. */
  blockMs(choice: number, candidate: number): number;
  unitMs(unit: number): number;
  networkMs(choices: readonly number[]): number;
}

export const truthOf = (device: SyntheticDevice, space: PredictedSpace): DeviceTruth => {
  const { id, msPerMac, msPerByte, place } = device;
  const keyMs = (key: string): number => {
    if (key === nothingKey) return 0;
    const { macs = 0, activationBytes = 0 } = space.blocks[key]!;
    const attributes = key.replace(/-input:.*-output:[\dx]*/, '');
    const deviation = device.kinds * named(attributes) + device.common * named(key) + device.individual * named(`${id} ${key}`);
    return (device.blockMs + (msPerMac * macs + msPerByte * activationBytes) / 1e6) * Math.exp(deviation);
  };
  const table = space.choices.map(({ candidates }, choice) =>
    candidates.map(({ key }, candidate) => keyMs(key!) * Math.exp(place * named(`${id} place ${choice}`, candidate))),
  );
  const units = space.fixed.map(({ keys }) => keys.reduce((sum, key) => sum + keyMs(key), 0));
  const blockMs = (choice: number, candidate: number) => table[choice]![candidate]!;
  return {
    blockMs,
    unitMs: (unit) => units[unit]!,
    networkMs(choices) {
      let ms = device.callMs + units.reduce((sum, unit) => sum + unit, 0);
      for (const [choice, candidate] of choices.entries()) {
        const own = blockMs(choice, candidate);
        ms += own;
        if (choice === 0) continue;
        const before = choices[choice - 1]!;
        ms += device.neighbours * named(`${id} neighbours ${choice}`, 100 * before + candidate) * (own + blockMs(choice - 1, before));
      }
      return ms;
    },
  };
};

export interface ProfileOptions {
  readonly networks: number;
  readonly seed?: number;
  /** Whether blocks are timed inside the networks. */
  readonly blocks?: boolean;
}

export const measureNetworks = (
  device: SyntheticDevice,
  space: PredictedSpace,
  { networks, seed = 1, blocks = true }: ProfileOptions,
): readonly ProfiledNetwork[] => {
  const truth = truthOf(device, space);
  const counts = space.choices.map(({ candidates }) => candidates.length);
  const { timerShare, timerMs, noise } = device;
  return sampleNetworks(counts, networks, { seed, stream: 'synthetic.networks' }).map((choices, index) => {
    const random = new Random({ seed, stream: `${device.id} noise`, index });
    const timed = (ms: number) => (ms === 0 ? 0 : (timerShare * ms + timerMs) * (1 + noise * random.normal()));
    const ms = truth.networkMs(choices) * (1 + noise * random.normal());
    const blocksMs = [
      ...choices.map((candidate, choice) => timed(truth.blockMs(choice, candidate))),
      ...space.fixed.map((_, unit) => timed(truth.unitMs(unit))),
    ];
    return { choices, ms, ...(blocks && { blocksMs }) };
  });
};

export const profileOf = (device: SyntheticDevice, space: PredictedSpace, options: ProfileOptions): Profile => {
  const { name, choices, fixed } = space;
  const measured = { name, choices, fixed, networks: measureNetworks(device, space, options) };
  return {
    device: { id: device.id, description: `the device ${device.id}` },
    target: { name: 'synthetic', options: {} },
    protocol: {},
    blocks: summariseBlocks(measured, space.blocks),
    spaces: [measured],
  };
};
