// What a step's time went to: one record for every call of a kernel, by the clock of the calling thread.
import { decodeCalls } from './call.ts';

/** Part of a step. */
export type StepPhase = 'forward' | 'loss' | 'gate' | 'backward' | 'update';

/** Calls of one part of the graph in one phase, encoded (see `kernels/runtime.h`). */
export interface Piece {
  readonly phase: StepPhase;
  /** Node of the trunk, or `CHOICE/CANDIDATE`. */
  readonly part: string;
  readonly words: Int32Array;
}

export interface TimedCall {
  readonly phase: StepPhase;
  readonly part: string;
  readonly kernel: string;
  /** As its kernel reads them; `dims[0]` is the batch. */
  readonly dims: readonly number[];
  readonly items: number;
  /** From the end of the call before it; calls that overlap share their time unevenly. */
  readonly milliseconds: number;
}

/** Gets the calls of a step, in order. */
export type StepObserver = (calls: readonly TimedCall[]) => void;

/** `times`: start of the step, then the end of every call, in nanoseconds. */
export const timedCalls = (pieces: readonly Piece[], kernelNames: readonly string[], times: BigInt64Array): readonly TimedCall[] => {
  const calls: TimedCall[] = [];
  for (const { phase, part, words } of pieces)
    for (const { kernel, dims, items } of decodeCalls(words)) {
      const milliseconds = Number(times[calls.length + 1]! - times[calls.length]!) / 1e6;
      calls.push({ phase, part, kernel: kernelNames[kernel]!, dims: Array.from(dims), items, milliseconds });
    }
  return calls;
};

/** Calls in some pieces. */
export const countCalls = (pieces: readonly Piece[]): number =>
  pieces.reduce((count, { words }) => count + [...decodeCalls(words)].length, 0);
