// From timings of whole networks to one value per block. The profiler says how long kernels work, the whole networks, timed
// without it, say what they cost altogether:
//
//   whole = call + sum over blocks (alpha * profiled + dispatch * kernels) * (1 + correction of the block)
//
// call (near that of a network that does nothing), alpha (near 1) and dispatch (from 0 up: what the runtime does between
// kernels) are the most probable values for all networks together; the corrections come from ridge regression, so a block that its networks say little of keeps the
// profile's value.
import { interquartileMean, medianAbsoluteDeviation } from '@nasc/measure';
import type { BlockKey } from '@nasc/measure';
import { ridge } from './solve.ts';
import type { ProfiledBlock } from './time-network.ts';

export interface NetworkTiming {
  /** Candidate per choice. */
  readonly choices: readonly number[];
  readonly wholeMs: number;
  readonly blocks: ReadonlyMap<BlockKey, ProfiledBlock>;
}

export interface FittedBlock {
  readonly ms: number;
  /** Networks that it was seen in. */
  readonly samples: number;
  /** Median absolute deviation of what the profiler said of it, ms. */
  readonly spread: number;
}

export interface FittedLatencies {
  /** By entry: `blockEntry(choice, candidate)`, or the key of a fixed block. */
  readonly blocks: ReadonlyMap<string, FittedBlock>;
  readonly callMs: number;
  readonly alpha: number;
  /** Milliseconds per kernel. */
  readonly dispatchMs: number;
}

/** Name of a candidate's entry. */
export const blockEntry = (choice: number, candidate: number): string => `${choice}/${candidate}`;

/** How far the call lies from the empty one, alpha from 1, dispatch from 0 ms, a block from its profile: standard deviations. */
const callDeviation = 0.1;
const alphaDeviation = 0.1;
const dispatchDeviationMs = 0.001;
const blockDeviation = 0.2;

const entryOf = (key: BlockKey, choices: readonly number[]): string => (typeof key === 'number' ? blockEntry(key, choices[key]!) : key);

/** All entries of a network; a candidate of which nothing is left to run is among them. */
const entriesOf = ({ choices, blocks }: NetworkTiming): readonly string[] => [
  ...choices.map((candidate, choice) => blockEntry(choice, candidate)),
  ...[...blocks.keys()].filter((key) => typeof key === 'string'),
];

const collectProfiles = (timings: readonly NetworkTiming[]): ReadonlyMap<string, readonly ProfiledBlock[]> => {
  const seen = new Map<string, ProfiledBlock[]>();
  for (const timing of timings) {
    const found = new Map([...timing.blocks].map(([key, block]) => [entryOf(key, timing.choices), block]));
    for (const entry of entriesOf(timing)) {
      const list = seen.get(entry) ?? [];
      list.push(found.get(entry) ?? { ms: 0, kernels: 0 });
      seen.set(entry, list);
    }
  }
  return seen;
};

interface Scale {
  readonly callMs: number;
  readonly alpha: number;
  readonly dispatchMs: number;
}

/** The most probable scale, given each network's profiled time and number of kernels. */
const fitScale = (
  wholeMs: readonly number[],
  profiledMs: readonly number[],
  kernels: readonly number[],
  emptyMs: number,
  noiseMs: number,
): Scale => {
  const left = wholeMs.map((ms, n) => ms - profiledMs[n]! - emptyMs);
  const rows = profiledMs.map((ms, n) => [emptyMs * callDeviation, ms * alphaDeviation, kernels[n]! * dispatchDeviationMs]);
  const free = ridge(rows, left, noiseMs, 1);
  const [call, scale, dispatch] =
    free[2]! >= 0
      ? free
      : [
          ...ridge(
            rows.map((row) => row.slice(0, 2)),
            left,
            noiseMs,
            1,
          ),
          0,
        ];
  return {
    callMs: emptyMs * (1 + callDeviation * call!),
    alpha: 1 + alphaDeviation * scale!,
    dispatchMs: dispatchDeviationMs * dispatch!,
  };
};

/** `emptyMs` is a call of a network that does nothing; `noise` the relative repeat noise of `wholeMs`. */
export const fitLatencies = (timings: readonly NetworkTiming[], emptyMs: number, noise: number): FittedLatencies => {
  const profiles = [...collectProfiles(timings)].map(([entry, list]) => ({
    entry,
    ms: interquartileMean(list.map((block) => block.ms)),
    kernels: list.reduce((sum, block) => sum + block.kernels, 0) / list.length,
    spread: medianAbsoluteDeviation(list.map((block) => block.ms)),
    samples: list.length,
  }));
  const position = new Map(profiles.map(({ entry }, index) => [entry, index]));
  const members = timings.map((timing) => entriesOf(timing).map((entry) => position.get(entry)!));
  const sumOf = (indices: readonly number[], of: (profile: (typeof profiles)[number]) => number) =>
    indices.reduce((sum, index) => sum + of(profiles[index]!), 0);

  const noiseMs = (noise * timings.reduce((sum, { wholeMs }) => sum + wholeMs, 0)) / timings.length;
  const { callMs, alpha, dispatchMs } = fitScale(
    timings.map(({ wholeMs }) => wholeMs),
    members.map((indices) => sumOf(indices, ({ ms }) => ms)),
    members.map((indices) => sumOf(indices, ({ kernels }) => kernels)),
    emptyMs,
    noiseMs,
  );
  const prior = profiles.map(({ ms, kernels }) => Math.max(0, alpha * ms + dispatchMs * kernels));
  const rows = members.map((indices) => {
    const own = new Set(indices);
    return prior.map((ms, index) => (own.has(index) ? ms : 0));
  });
  const left = timings.map(({ wholeMs }, n) => wholeMs - callMs - rows[n]!.reduce((sum, value) => sum + value, 0));
  const corrections = ridge(rows, left, noiseMs, blockDeviation);
  return {
    blocks: new Map(
      profiles.map(({ entry, samples, spread }, index) => [
        entry,
        { ms: Math.max(0, prior[index]! * (1 + corrections[index]!)), samples, spread },
      ]),
    ),
    callMs,
    alpha,
    dispatchMs,
  };
};

/** What the fitted blocks add up to for a network, the call included, ms. */
export const predictWhole = (fitted: FittedLatencies, timing: NetworkTiming): number =>
  entriesOf(timing).reduce((sum, entry) => sum + (fitted.blocks.get(entry)?.ms ?? Number.NaN), fitted.callMs);
