// Times sampled networks in batches, a fixed reference network after each: a batch during which the reference changed
// speed is timed again.
import type { BlockTimer } from './block-timer.ts';
import type { NetworkCalls } from './network-calls.ts';

/** Networks between two measurements of the reference. */
export const batchSize = 16;
/** Relative change of the reference that rejects a batch, and how often one is rejected. */
const allowedDrift = 0.03;
const mostRepeats = 2;

export interface TimedNetworks {
  /** Per network the milliseconds of each of its calls. */
  readonly blocksMs: readonly (readonly number[])[];
  readonly batchesRepeated: number;
  /** Of the reference, after each batch. */
  readonly referenceMs: readonly number[];
}

export const timeNetworks = async (
  timer: BlockTimer,
  networks: readonly NetworkCalls[],
  reference: { readonly network: NetworkCalls; readonly ms: number },
  progress: (done: number) => void,
): Promise<TimedNetworks> => {
  const blocksMs: (readonly number[])[] = [];
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
    blocksMs.push(...batch);
    start += batch.length;
    progress(start);
  }
  return { blocksMs, batchesRepeated, referenceMs };
};
