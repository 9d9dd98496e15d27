// Times sampled networks in batches, a fixed reference network after each. A batch during which the reference changed
// speed is timed again; what is kept is scaled to the reference's usual speed, so that a processor that clocks up and down
// favours no candidate.
import { median } from '@nasc/measure';
import type { BlockTimer } from './block-timer.ts';
import type { NetworkCalls } from './network-calls.ts';

/** Networks between two measurements of the reference. */
export const batchSize = 16;
/** Relative change of the reference that rejects a batch, and how often one is rejected. */
const allowedDrift = 0.03;
const mostRepeats = 2;

export interface TimedNetworks {
  /** Per network the milliseconds of each of its calls, at the usual speed of the machine. */
  readonly blocksMs: readonly (readonly number[])[];
  readonly batchesRepeated: number;
  /** Of the reference, after each batch. */
  readonly referenceMs: readonly number[];
  /** Median of `referenceMs`: the speed that `blocksMs` are scaled to. */
  readonly usualMs: number;
}

const scaleToUsual = (batch: { readonly blocksMs: readonly (readonly number[])[]; readonly referenceMs: number }, usualMs: number) => {
  const scale = usualMs / batch.referenceMs;
  return batch.blocksMs.map((calls) => calls.map((ms) => ms * scale));
};

export const timeNetworks = async (
  timer: BlockTimer,
  networks: readonly NetworkCalls[],
  reference: { readonly network: NetworkCalls; readonly ms: number },
  progress: (done: number) => void,
): Promise<TimedNetworks> => {
  const batches: { readonly blocksMs: readonly (readonly number[])[]; readonly referenceMs: number }[] = [];
  const referenceMs = [reference.ms];
  let batchesRepeated = 0;
  for (let start = 0, repeats = 0; start < networks.length;) {
    const batch: (readonly number[])[] = [];
    for (const network of networks.slice(start, start + batchSize)) batch.push(await timer.blocksMs(network));
    const before = referenceMs.at(-1)!;
    referenceMs.push(await timer.wholeMs(reference.network));
    if (Math.abs(referenceMs.at(-1)! / before - 1) > allowedDrift && repeats < mostRepeats) {
      repeats++;
      batchesRepeated++;
      continue;
    }
    repeats = 0;
    batches.push({ blocksMs: batch, referenceMs: (before + referenceMs.at(-1)!) / 2 });
    start += batch.length;
    progress(start);
  }
  const usualMs = median(referenceMs);
  return { blocksMs: batches.flatMap((batch) => scaleToUsual(batch, usualMs)), batchesRepeated, referenceMs, usualMs };
};
