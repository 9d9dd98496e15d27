// The measuring protocol of whole networks: warm up until the medians agree, then enough samples of enough length.
import { noCheckpoint } from '@nasc/core';
import type { Checkpoint } from '@nasc/core';
import { median, summarise } from './statistics.ts';
import type { Summary } from './statistics.ts';

/** Version of the protocol: part of every stored profile. */
export const protocolVersion = 1;

export interface MeasureOptions {
  /** Of this measurement alone: samples that were taken survive an interruption. Keeps nothing when absent. */
  readonly checkpoint?: Checkpoint;
  /** Of the bootstrap interval. */
  readonly seed?: number;
  /** Number of samples, at least. Default 30. */
  readonly samples?: number;
  /** Length of one sample, which is as many runs as fit. Default 100 ms. */
  readonly sampleMs?: number;
  /** Warm-up ends when the last `agreeing` medians (of 5 short samples each) are within `agreement` of each other. Default 3. */
  readonly agreeing?: number;
  /** Default 0.02. */
  readonly agreement?: number;
  /** The longest warm-up. Default 3,000 ms. */
  readonly warmUpMs?: number;
  readonly progress?: (done: number, total: number) => void;
}

export interface Measurement extends Summary {
  /** Milliseconds of one run, one value a sample. */
  readonly raw: readonly number[];
  /** Runs in one sample. */
  readonly runsPerSample: number;
  readonly warmUp: { readonly runs: number; readonly ms: number; readonly agreed: boolean };
}

const samplesPerMedian = 5;

/** Largest relative distance between the values. */
const spread = (values: readonly number[]): number => (Math.max(...values) - Math.min(...values)) / Math.min(...values);

interface Samples {
  readonly raw: readonly number[];
  /** Undefined before the first sample. */
  readonly runsPerSample?: number | undefined;
  /** Of a measurement that is finished. */
  readonly warmUp?: Measurement['warmUp'];
}

/**
 * Measures what `time(runs)` times: it does `runs` runs back to back and returns the milliseconds that all of them took
 * together. All times are those that `time` reports; no other clock is read. A measurement that was interrupted warms up again,
 * then takes the samples that are missing, of the same length; one that is finished is not taken again.
 */
export const measure = async (time: (runs: number) => number | Promise<number>, options: MeasureOptions = {}): Promise<Measurement> => {
  const { seed = 0, samples = 30, sampleMs = 100, agreeing = 3, agreement = 0.02, warmUpMs = 3000, progress } = options;
  const checkpoint = options.checkpoint ?? noCheckpoint();
  const begun: Samples = (await checkpoint.resume<Samples>()) ?? { raw: [] };
  const raw = [...begun.raw];
  let { runsPerSample } = begun;
  if (begun.warmUp && runsPerSample !== undefined) return { ...summarise(raw, seed), raw, runsPerSample, warmUp: begun.warmUp };
  let runs = 0;
  let elapsedMs = 0;
  const perRun = async (count: number): Promise<number> => {
    await checkpoint.offer((): Samples => ({ raw, runsPerSample }));
    const ms = await time(count);
    runs += count;
    elapsedMs += ms;
    return ms / count;
  };

  const medians: number[] = [];
  const agreed = () => medians.length >= agreeing && spread(medians.slice(-agreeing)) <= agreement;
  let runMs = await perRun(1);
  for (;;) {
    // A twentieth of a sample is long enough to see the speed settle.
    const count = Math.max(1, Math.round(sampleMs / 20 / Math.max(runMs, 1e-6)));
    const window: number[] = [];
    for (let i = 0; i < samplesPerMedian; i++) window.push(await perRun(count));
    runMs = median(window);
    medians.push(runMs);
    if (agreed() || elapsedMs >= warmUpMs) break;
  }
  const warmUp = { runs, ms: elapsedMs, agreed: agreed() };

  runsPerSample ??= Math.max(1, Math.ceil(sampleMs / Math.max(runMs, 1e-6)));
  while (raw.length < samples) {
    raw.push(await perRun(runsPerSample));
    progress?.(raw.length, samples);
  }
  await checkpoint.store({ raw, runsPerSample, warmUp } satisfies Samples);
  return { ...summarise(raw, seed), raw, runsPerSample, warmUp };
};
