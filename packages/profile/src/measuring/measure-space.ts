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
import { median, protocolVersion, sampleNetworks, timeBesideReference } from '@nasc/measure';
import { nothingKey, unitKey } from '../keys/block-key.ts';
import { summariseBlocks } from '../table/summarise-blocks.ts';
import { currentConditions } from './conditions.ts';

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

/** Networks between two starts of the device. */
const batchSize = 16;
/** Relative change of the reference that rejects what was timed since, and how often in a row. */
const allowedDrift = 0.03;
const mostRepeats = 5;
/** The reference is timed between every two networks; where one takes longer than this, after every fourth: a clock does not wait for those. */
const longNetworkMs = 4000;
const networksBetween = (networkMs: number): number => (networkMs > longNetworkMs ? 4 : 1);
/** A network that takes less is timed three times, and the time in the middle counts: a clock may change and change back unseen. */
const shortNetworkMs = 300;
const roundsOf = (networkMs: number): number => (networkMs < shortNetworkMs ? 3 : 1);
/** Times that each candidate is seen, where the number of networks follows from the time. */
const leastVisits = 8;
const mostNetworks = 2000;

/** What is found out once, whatever interrupts: numbers follow from the speed of the machine. */
interface Begun {
  readonly networks: number;
  /** Between two timings of the reference. */
  readonly every: number;
  readonly rounds: number;
  readonly before: DeviceConditions;
}

interface StoredTime {
  readonly ms: number;
  readonly blocks?: readonly (readonly [BlockKey, number])[];
}

/** Networks that the time pays for, at `networkMs` with the reference's share, each candidate of the widest choice seen equally often. */
const affordableNetworks = (widest: number, networkMs: number, { seconds }: MeasuringPlan): number => {
  const affordable = (seconds * 1000) / networkMs;
  const visits = Math.floor(Math.min(affordable, mostNetworks) / widest);
  return widest * Math.max(leastVisits, visits);
};

/** Robust standard deviation of one measurement of the reference, as a share, from what it took before and after the same networks. */
const noiseOf = (pairs: readonly (readonly [number, number])[]): number =>
  (1.4826 * median(pairs.map(([before, after]) => Math.abs(after / before - 1)))) / Math.SQRT2;

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
  const timeReference = async () => (await timer.time(reference, { blocks: false })).ms;

  let begun = await checkpoint.resume<Begun>();
  if (!begun) {
    const before = await conditionsOf(timer);
    await timer.restart();
    await timer.time(reference, wanted);
    const start = performance.now();
    await timer.time(reference, wanted);
    const middle = performance.now();
    await timeReference();
    const every = networksBetween(middle - start);
    const rounds = roundsOf(middle - start);
    const wallMs = rounds * (middle - start + (performance.now() - middle) / every);
    // A space that is one network is measured as often as a choice of one candidate would be.
    begun = { networks: plan.networks ?? affordableNetworks(Math.max(1, ...counts), wallMs, plan), every, rounds, before };
    await checkpoint.store(begun);
  }
  const { networks: count, every, rounds, before } = begun;
  const networks = sampleNetworks(counts, count, { seed, stream: 'profile.networks' });
  const { timed, references, repeated } = await timeBesideReference<StoredTime>({
    count,
    batchSize,
    every,
    rounds,
    allowedDrift,
    mostRepeats,
    beginBatch: () => timer.restart(),
    async time(index) {
      signal.throwIfAborted();
      const { ms, blocks } = await timer.time(networks[index]!, wanted);
      return { ms, ...(blocks && { blocks: [...blocks] }) };
    },
    msOf: ({ ms }) => ms,
    timeReference,
    checkpoint: checkpoint.part('networks'),
    progress: (done) => progress(done, count, 'networks timed'),
  });

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
    reference: { choices: reference, ms: median(references.flat()), noise: noiseOf(references) },
    networks: profiledNetworks,
  };
  return {
    device,
    target: { name: target.name, options: target.options },
    protocol: {
      method: wanted.blocks ? 'whole networks and blocks in place' : 'whole networks',
      version: protocolVersion,
      networks: count,
      rounds,
      networksRepeated: repeated,
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
