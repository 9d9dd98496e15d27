// Logits of one realisation of a network, batch by batch.
import type { Checkpoint } from '@nasc/core';

/** Batches that are done, and their logits. */
interface Collected {
  readonly batches: number;
  readonly logits: Float32Array;
}

const append = (logits: Float32Array, more: Float32Array): Float32Array => {
  const joined = new Float32Array(logits.length + more.length);
  joined.set(logits);
  joined.set(more, logits.length);
  return joined;
};

/** [N, classes] over all batches, which `run` is called with in order. */
export const collectLogits = async <Batch>(
  batches: readonly Batch[],
  run: (batch: Batch) => Promise<Float32Array>,
  checkpoint: Checkpoint,
): Promise<Float32Array> => {
  let collected = (await checkpoint.resume<Collected>()) ?? { batches: 0, logits: new Float32Array() };
  while (collected.batches < batches.length) {
    await checkpoint.offer(() => collected);
    const logits = append(collected.logits, await run(batches[collected.batches]!));
    collected = { batches: collected.batches + 1, logits };
  }
  return collected.logits;
};
