// Batches of a subset. Training takes an endless sequence of shuffled epochs, addressed by step: the same batch for the
// same step, whatever was asked before and by whichever worker. Evaluation goes through the subset once, in order.
import { Random } from '@nasc/random';
import type { Augmentation, Batch, Normalisation } from './dataset.ts';
import { prefetch } from './prefetch.ts';
import type { ImageUse } from './prepare-image.ts';
import type { Subset } from './prepared-dataset.ts';

export interface EvaluationOptions {
  readonly batchSize: number;
  readonly normalisation: Normalisation;
}

export interface BatchOptions extends EvaluationOptions {
  /** Number of the batch in the endless sequence. */
  readonly step: number;
  readonly seed: number;
  /** What the batches are for, e.g. `warmup`; sequences with different names are independent. */
  readonly stream: string;
  /** Images are seen as in evaluation when it is absent. */
  readonly augmentation?: Augmentation;
}

/** Whole batches in an epoch of training: the partial one at its end is dropped; a subset smaller than a batch is one batch. */
export const batchesPerEpoch = (count: number, batchSize: number): number => Math.max(1, Math.floor(count / batchSize));

/** The order of one epoch is needed for many steps; the last four of each subset are kept, as sequences may alternate. */
const orders = new WeakMap<Uint32Array, Map<string, Uint32Array>>();

const orderOf = (subset: Subset, seed: number, stream: string, epoch: number): Uint32Array => {
  const cached = orders.get(subset.indices) ?? new Map<string, Uint32Array>();
  orders.set(subset.indices, cached);
  const key = `${seed}/${epoch}/${stream}`;
  let order = cached.get(key);
  if (!order) {
    order = new Random({ seed, stream: `${stream}.order`, epoch }).permutation(subset.indices.length);
    for (const old of [...cached.keys()].slice(0, -3)) cached.delete(old);
    cached.set(key, order);
  }
  return order;
};

const readBatch = async ({ split }: Subset, indices: Uint32Array, normalisation: Normalisation, use: ImageUse): Promise<Batch> => ({
  count: indices.length,
  images: await split.images(indices, normalisation, use),
  labels: Uint16Array.from(indices, (index) => split.labels[index]!),
});

/** Batch number `step`: [min(batchSize, subset), H, W, C], normalised, augmented per (seed, epoch, image). */
export const batchOf = (subset: Subset, options: BatchOptions): Promise<Batch> => {
  const { step, seed, stream, batchSize, augmentation, normalisation } = options;
  const perEpoch = batchesPerEpoch(subset.indices.length, batchSize);
  const epoch = Math.floor(step / perEpoch);
  const start = (step % perEpoch) * batchSize;
  const order = orderOf(subset, seed, stream, epoch).subarray(start, start + batchSize);
  const indices = Uint32Array.from(order, (position) => subset.indices[position]!);
  const use: ImageUse = augmentation ? { kind: 'training', augmentation, seed, stream, epoch } : { kind: 'evaluation' };
  return readBatch(subset, indices, normalisation, use);
};

/** Batches in one pass of evaluation, the partial one at the end included. */
export const evaluationBatchCount = (count: number, batchSize: number): number => Math.ceil(count / batchSize);

/** Batch `number` of a pass through the subset in order; the last one may be smaller. */
export const evaluationBatch = (subset: Subset, number: number, { batchSize, normalisation }: EvaluationOptions): Promise<Batch> =>
  readBatch(subset, subset.indices.subarray(number * batchSize, (number + 1) * batchSize), normalisation, { kind: 'evaluation' });

/** The subset once, in order, one batch at a time, from batch `first` on. */
export async function* evaluationBatches(subset: Subset, options: EvaluationOptions, first = 0): AsyncGenerator<Batch, void, undefined> {
  const count = evaluationBatchCount(subset.indices.length, options.batchSize);
  const batch = prefetch((number) => evaluationBatch(subset, number, options), count, subset.split.ahead);
  for (let number = first; number < count; number++) yield await batch(number);
}
