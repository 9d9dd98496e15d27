// The key of the random numbers that an engine draws within a step (dropout).
import { streamNumber } from '@nasc/random';

/** Differs between seeds, streams and steps; the same step always has the same key. */
export const stepKey = (seed: number, stream: string, step: number): readonly [number, number] => [
  (seed ^ streamNumber(stream)) >>> 0,
  step >>> 0,
];
