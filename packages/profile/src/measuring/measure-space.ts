// The protocol by which a device is measured for a space: whole networks, drawn so that every candidate is seen equally often, each
// as a whole and, where the device lets one look, block by block; a reference network between each and the next.
import type {
  BlockKey,
  DeviceConditions,
  DeviceDescription,
  MeasureContext,
  NetworkTimer,
  PredictedSpace,
  Profile,
  ProfiledNetwork,
  ProfiledSpace,
  Target,
} from '@nasc/core';
import { protocolVersion, sampleNetworks } from '@nasc/measure';
import { nothingKey, unitKey } from '../keys/block-key.ts';
import { summariseBlocks } from '../table/summarise-blocks.ts';
import { currentConditions } from './conditions.ts';
import { spacingOf, timeInTurns, timePaired } from './time-networks.ts';
import type { Spacing } from './time-networks.ts';

export interface MeasuringPlan {
  /** Whether latencies of blocks are wanted. */
  readonly blocks: boolean;
  /** How many networks; as many as the time allows where undefined. */
  readonly networks: number | undefined;
  /** About how long the timing may take. */
  readonly seconds: number;
}

export interface MeasuredDevice {
  readonly target: Pick<Target, 'name' | 'options'>;
  readonly device: DeviceDescription;
  readonly timer: NetworkTimer;
}

/** Times that each candidate is seen, where the number of networks follows from the time. */
const leastVisits = 8;
const mostNetworks = 2000;

/** What is found out once, whatever interrupts: numbers follow from the speed of the machine. */
interface Begun {
  readonly networks: number;
  readonly spacing: Spacing;
  readonly before: DeviceConditions;
}

/** Networks that the time pays for, at `networkMs` with the reference's share, each candidate of the widest choice seen equally often. */
const affordableNetworks = (widest: number, networkMs: number, { seconds }: MeasuringPlan): number => {
  const affordable = (seconds * 1000) / networkMs;
  const visits = Math.floor(Math.min(affordable, mostNetworks) / widest);
  return widest * Math.max(leastVisits, visits);
};

const isPairing = (timer: NetworkTimer): timer is NetworkTimer & Required<Pick<NetworkTimer, 'timePaired'>> =>
  timer.timePaired !== undefined;

const conditionsOf = async (timer: NetworkTimer): Promise<DeviceConditions> =>
  timer.conditions ? timer.conditions() : currentConditions();

/** A network in the middle: the second candidate of every choice, or its last. */
export const referenceNetwork = (counts: readonly number[]): readonly number[] => counts.map((count) => Math.min(1, count - 1));

/** Measures networks of `space` on the device; what was timed before an interruption is not timed again. */
export const measureSpace = async (
  described: PredictedSpace,
  { target, device, timer }: MeasuredDevice,
  plan: MeasuringPlan,
  { seed, signal, checkpoint, progress }: Pick<MeasureContext, 'seed' | 'signal' | 'checkpoint' | 'progress'>,
): Promise<Profile> => {
  const { name, choices, fixed } = described;
  const counts = choices.map(({ candidates }) => candidates.length);
  const wanted = { blocks: plan.blocks && timer.seesBlocks };
  const reference = referenceNetwork(counts);

  let begun = await checkpoint.resume<Begun>();
  if (!begun) {
    const before = await conditionsOf(timer);
    await timer.restart();
    await timer.time(reference, wanted);
    const start = performance.now();
    await (isPairing(timer) ? timer.timePaired(reference, reference, wanted) : timer.time(reference, wanted));
    const middle = performance.now();
    if (!isPairing(timer)) await timer.time(reference, { blocks: false });
    const spacing = spacingOf(middle - start);
    const { every, rounds } = spacing;
    const wallMs = isPairing(timer) ? middle - start : rounds * (middle - start + (performance.now() - middle) / every);
    // A space that is one network is measured as often as a choice of one candidate would be.
    begun = { networks: plan.networks ?? affordableNetworks(Math.max(1, ...counts), wallMs, plan), spacing, before };
    await checkpoint.store(begun);
  }
  const { networks: count, spacing, before } = begun;
  const networks = sampleNetworks(counts, count, { seed, stream: 'profile.networks' });
  const toTime = { networks, reference, wanted };
  const here = { signal, progress, checkpoint: checkpoint.part('networks') };
  const { timed, usualMs, noise, facts } = await (isPairing(timer)
    ? timePaired(timer, toTime, here)
    : timeInTurns(timer, toTime, spacing, here));

  const entries: readonly BlockKey[] = [...choices.keys(), ...fixed.map(({ id }) => id)];
  const profiledNetworks = timed.map(({ value, referenceMs }, index): ProfiledNetwork => {
    const blocks = value.blocks && new Map(value.blocks);
    return {
      choices: networks[index]!,
      ms: value.ms,
      referenceMs,
      ...(blocks && { blocksMs: entries.map((entry) => blocks.get(entry) ?? 0) }),
    };
  });
  const space: ProfiledSpace = {
    name,
    choices,
    fixed,
    reference: { choices: reference, ms: usualMs, noise },
    networks: profiledNetworks,
  };
  return {
    device,
    target: { name: target.name, options: target.options },
    protocol: {
      method: wanted.blocks ? 'whole networks and blocks in place' : 'whole networks',
      version: protocolVersion,
      networks: count,
      ...facts,
      ...timer.protocol,
    },
    conditions: { before, after: await conditionsOf(timer) },
    blocks: summariseBlocks(space, described.blocks),
    spaces: [space],
  };
};

interface BlockAlone {
  readonly key: string;
  readonly block: BlockKey;
  readonly candidate: number;
}

/** Each key once, at the first place where it stands. */
const distinctBlocks = ({ choices, fixed }: PredictedSpace): readonly BlockAlone[] => {
  const all: readonly BlockAlone[] = [
    ...choices.flatMap(({ candidates }, block) => candidates.map(({ key }, candidate) => ({ key: key!, block, candidate }))),
    ...fixed.map(({ id, keys }) => ({ key: unitKey(keys), block: id, candidate: 0 })),
  ];
  return [
    ...new Map(
      all
        .filter(({ key }) => key !== nothingKey)
        .toReversed()
        .map((job) => [job.key, job]),
    ).values(),
  ].toReversed();
};

/** The quick way: every block by itself, and one whole network. */
export const measureIsolated = async (
  described: PredictedSpace,
  { target, device, timer }: MeasuredDevice,
  { signal, checkpoint, progress }: Pick<MeasureContext, 'signal' | 'checkpoint' | 'progress'>,
): Promise<Profile> => {
  const { choices, fixed, name } = described;
  const before = await conditionsOf(timer);
  const jobs = distinctBlocks(described);
  const done = new Map((await checkpoint.resume<readonly (readonly [string, number])[]>()) ?? []);
  await timer.restart();
  for (const { key, block, candidate } of jobs) {
    if (done.has(key)) continue;
    signal.throwIfAborted();
    done.set(key, await timer.timeAlone!(block, candidate));
    await checkpoint.offer(() => [...done]);
    progress(done.size, jobs.length, 'blocks timed');
  }
  await checkpoint.store([...done]);
  const reference = referenceNetwork(choices.map(({ candidates }) => candidates.length));
  const { ms } = await timer.time(reference, { blocks: false });
  return {
    device,
    target: { name: target.name, options: target.options },
    protocol: { method: 'blocks in isolation', version: protocolVersion, blocks: jobs.length, ...timer.protocol },
    conditions: { before, after: await conditionsOf(timer) },
    blocks: Object.fromEntries([...done].map(([key, value]) => [key, { ms: value, count: 1, variance: 0, ...described.blocks[key] }])),
    spaces: [{ name, choices, fixed, networks: [{ choices: reference, ms }] }],
  };
};
