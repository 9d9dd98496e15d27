// Mixup (Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization"): every image of a batch is blended with another one,
// and the targets with them.
import { Random } from '@nasc/random';
import type { RandomKey } from '@nasc/random';

/** One share (lambda in the paper) ~ Beta(alpha, alpha) a batch, as in the paper's code, and which image each one is mixed with. */
export interface Mixing {
  readonly share: number;
  /** A permutation of the batch. */
  readonly partners: Uint32Array;
}

/** The mixing of a key, which names seed, stream, epoch and step. */
export const drawMixing = (alpha: number, count: number, key: RandomKey): Mixing => {
  const random = new Random(key);
  const share = random.beta(alpha, alpha);
  return { share, partners: random.permutation(count) };
};

/** Row i [count, size] becomes share * row i + (1 - share) * row partners[i], in place: one row is set aside a cycle. */
export const mixRows = (rows: Float32Array, { share, partners }: Mixing): void => {
  const size = rows.length / partners.length;
  const rest = 1 - share;
  const mixed = new Uint8Array(partners.length);
  for (let start = 0; start < partners.length; start++) {
    if (mixed[start] === 1) continue;
    const first = rows.slice(start * size, (start + 1) * size);
    for (let row = start; mixed[row] === 0; row = partners[row]!) {
      mixed[row] = 1;
      const partner = partners[row]!;
      const other = partner === start ? first : rows.subarray(partner * size, (partner + 1) * size);
      for (let i = 0, at = row * size; i < size; i++, at++) rows[at] = share * rows[at]! + rest * other[i]!;
    }
  }
};

/** Images [N, H, W, C] and targets [N, classes] mixed in place by the mixing that belongs to the key. */
export const mixBatch = (
  batch: { readonly count: number; readonly images: Float32Array; readonly targets: Float32Array },
  alpha: number,
  key: RandomKey,
): void => {
  const mixing = drawMixing(alpha, batch.count, key);
  mixRows(batch.images, mixing);
  mixRows(batch.targets, mixing);
};
