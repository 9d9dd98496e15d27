// What tells that a training has diverged.
import type { TensorTable } from '@nasc/ir';

/** Id of the first tensor with a value that is not a number, or infinite. */
export const firstNotFinite = (table: TensorTable): string | undefined => {
  for (const [id, { data }] of table) if (!data.every(Number.isFinite)) return id;
  return undefined;
};
