// From timings of whole networks to one value per block. The runtime's profiler has microseconds for a resolution and
// slows every kernel by about one, which is as much as a kernel of a small network takes. So it says how blocks compare,
// and the whole networks, timed without it, say how much they are:
//
//   whole = call + sum over blocks (alpha * profiled + beta * kernels) * (1 + correction of the block)
//
// with alpha and beta from least squares (beta is dispatch less what the profiler adds, and so may be negative) and
// the corrections from ridge regression.
import { interquartileMean, medianAbsoluteDeviation } from '@nasc/measure';
import type { BlockKey } from './block-keys.ts';
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
  readonly alpha: number;
  /** Milliseconds per kernel. */
  readonly beta: number;
}

/** Name of a candidate's entry. */
export const blockEntry = (choice: number, candidate: number): string => `${choice}/${candidate}`;

/** How far a block may be expected to lie from what the profile says of it, as a share. */
const profileTrust = 0.2;
/** A block is never put below this share of its profiled time. */
const leastShare = 0.05;

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

/** Least squares of y on two regressors without a constant; the second alone carries the rest where they are collinear. */
const twoCoefficients = (first: readonly number[], second: readonly number[], y: readonly number[]): readonly [number, number] => {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const [aa, ab, bb] = [dot(first, first), dot(first, second), dot(second, second)];
  const determinant = aa * bb - ab * ab;
  if (determinant < 1e-6 * aa * bb) return [1, (dot(second, y) - ab) / bb];
  return [(bb * dot(first, y) - ab * dot(second, y)) / determinant, (aa * dot(second, y) - ab * dot(first, y)) / determinant];
};

/** `callMs` is a call of a network that does nothing; `noise` the relative repeat noise of `wholeMs`. */
export const fitLatencies = (timings: readonly NetworkTiming[], callMs: number, noise: number): FittedLatencies => {
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

  const inside = timings.map(({ wholeMs }) => wholeMs - callMs);
  const [alpha, beta] = twoCoefficients(
    members.map((indices) => sumOf(indices, ({ ms }) => ms)),
    members.map((indices) => sumOf(indices, ({ kernels }) => kernels)),
    inside,
  );
  const prior = profiles.map(({ ms, kernels }) => Math.max(alpha * ms + beta * kernels, leastShare * ms));
  const rows = members.map((indices) => {
    const row = new Array<number>(prior.length).fill(0);
    for (const index of indices) row[index] = prior[index]!;
    return row;
  });
  const left = inside.map((ms, n) => ms - rows[n]!.reduce((sum, value) => sum + value, 0));
  const meanMs = timings.reduce((sum, { wholeMs }) => sum + wholeMs, 0) / timings.length;
  const corrections = ridge(rows, left, noise * meanMs, profileTrust);
  return {
    blocks: new Map(
      profiles.map(({ entry, samples, spread }, index) => [
        entry,
        { ms: Math.max(0, prior[index]! * (1 + corrections[index]!)), samples, spread: spread * Math.max(0, alpha) },
      ]),
    ),
    alpha,
    beta,
  };
};

/** What the fitted blocks add up to for a network, ms. */
export const predictWhole = (fitted: FittedLatencies, timing: NetworkTiming, callMs: number): number =>
  entriesOf(timing).reduce((sum, entry) => sum + (fitted.blocks.get(entry)?.ms ?? Number.NaN), callMs);
