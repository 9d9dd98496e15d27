// Networks timed beside a reference: run by run where the device changes from one network to another within a moment, else one after
// the other. In groups, each after a new start of the device.
import type { BlockKey, MeasureContext, NetworkTimer } from '@nasc/core';
import { median, timeBesideReference } from '@nasc/measure';

export interface StoredTime {
  readonly ms: number;
  readonly blocks?: readonly (readonly [BlockKey, number])[];
}

export interface TimedNetworks {
  /** In order, each with what the reference took at that time, ms. */
  readonly timed: readonly { readonly value: StoredTime; readonly referenceMs: number }[];
  /** Usual latency of the reference: the median, ms. */
  readonly usualMs: number;
  /** Robust standard deviation of one network's time as a share of the reference's: what two measurements of it differ by beside √2. */
  readonly noise: number;
  /** For the profile's protocol. */
  readonly facts: Readonly<Record<string, number | string>>;
}

export interface NetworksToTime {
  readonly networks: readonly (readonly number[])[];
  readonly reference: readonly number[];
  readonly wanted: { readonly blocks: boolean };
}

type Context = Pick<MeasureContext, 'signal' | 'checkpoint' | 'progress'>;

/** Networks between two starts of the device. */
const batchSize = 16;

/** Of a normal distribution, from absolute deviations. */
const deviation = (distances: readonly number[]): number => 1.4826 * median(distances);

interface PairedState {
  readonly timed: TimedNetworks['timed'];
  /** The reference beside itself, once after each start. */
  readonly itself: readonly number[];
}

/** Network and reference in turn, run by run. */
export const timePaired = async (
  timer: NetworkTimer & Required<Pick<NetworkTimer, 'timePaired'>>,
  { networks, reference, wanted }: NetworksToTime,
  { signal, checkpoint, progress }: Context,
): Promise<TimedNetworks> => {
  const earlier = await checkpoint.resume<PairedState>();
  const timed = [...(earlier?.timed ?? [])];
  const itself = [...(earlier?.itself ?? [])];
  const state = (): PairedState => ({ timed, itself });
  if (earlier) progress(timed.length, networks.length, 'networks timed');
  while (timed.length < networks.length) {
    await timer.restart();
    const same = await timer.timePaired(reference, reference, { blocks: false });
    itself.push(same.ms / same.referenceMs);
    const end = Math.min(networks.length, (Math.floor(timed.length / batchSize) + 1) * batchSize);
    while (timed.length < end) {
      signal.throwIfAborted();
      const { ms, blocks, referenceMs } = await timer.timePaired(networks[timed.length]!, reference, wanted);
      timed.push({ value: { ms, ...(blocks && { blocks: [...blocks] }) }, referenceMs });
      await checkpoint.offer(state);
      progress(timed.length, networks.length, 'networks timed');
    }
    await checkpoint.store(state());
  }
  return {
    timed,
    usualMs: median(timed.map(({ referenceMs }) => referenceMs)),
    noise: deviation(itself.map((ratio) => Math.abs(ratio - 1))),
    facts: { reference: 'after every run' },
  };
};

/** Relative change of the reference that rejects what was timed since, and how often in a row. */
const allowedDrift = 0.03;
const mostRepeats = 5;

export interface Spacing {
  /** Networks between two times of the reference. */
  readonly every: number;
  /** Times of each network, an odd number. */
  readonly rounds: number;
}

/** Where one network takes longer than the second, the reference follows every fourth; one that takes less than the first has three rounds. */
const shortNetworkMs = 300;
const longNetworkMs = 4000;

/** A clock may change and change back unseen between two references, so what is short is timed several times; it does not wait for what is long. */
export const spacingOf = (networkMs: number): Spacing => ({
  every: networkMs > longNetworkMs ? 4 : 1,
  rounds: networkMs < shortNetworkMs ? 3 : 1,
});

/** The reference between each network and the next. */
export const timeInTurns = async (
  timer: NetworkTimer,
  { networks, reference, wanted }: NetworksToTime,
  spacing: Spacing,
  { signal, checkpoint, progress }: Context,
): Promise<TimedNetworks> => {
  const { timed, references, repeated } = await timeBesideReference<StoredTime>({
    ...spacing,
    count: networks.length,
    batchSize,
    allowedDrift,
    mostRepeats,
    beginBatch: () => timer.restart(),
    async time(index) {
      signal.throwIfAborted();
      const { ms, blocks } = await timer.time(networks[index]!, wanted);
      return { ms, ...(blocks && { blocks: [...blocks] }) };
    },
    msOf: ({ ms }) => ms,
    timeReference: async () => (await timer.time(reference, { blocks: false })).ms,
    checkpoint,
    progress: (done) => progress(done, networks.length, 'networks timed'),
  });
  return {
    timed,
    usualMs: median(references.flat()),
    noise: deviation(references.map(([before, after]) => Math.abs(after / before - 1))) / Math.SQRT2,
    facts: {
      reference: `after ${spacing.every === 1 ? 'every network' : `every ${spacing.every} networks`}`,
      ...spacing,
      networksRepeated: repeated,
    },
  };
};
