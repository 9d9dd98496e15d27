// A first guess where no block was measured: time goes by multiply-accumulates and by bytes of activations.
import type { PredictedSpace } from '@nasc/core';
import { nothingKey, unitKey } from '@nasc/profile';
import { combineParts, sumOf } from './additive.ts';
import type { Additive } from './additive.ts';

interface Sizes {
  readonly macs: number;
  readonly activationBytes: number;
}

const sizesOf = ({ blocks }: PredictedSpace, key: string | undefined): Sizes | undefined => {
  if (key === nothingKey) return { macs: 0, activationBytes: 0 };
  const { macs, activationBytes } = (key !== undefined && Object.hasOwn(blocks, key) && blocks[key]) || {};
  return macs === undefined || activationBytes === undefined ? undefined : { macs, activationBytes };
};

export interface SizeBase {
  /** Half of `meanMs` by either measure. */
  readonly base: Additive;
  /** By how much the one measure says more than the other. */
  readonly direction: Additive;
}

/** A network drawn uniformly takes `meanMs`. Undefined where the sizes of a block are not known. */
export const sizeBase = (space: PredictedSpace, meanMs: number): SizeBase | undefined => {
  const choices = space.choices.map(({ candidates }) => candidates.map(({ key }) => sizesOf(space, key)));
  const fixed = space.fixed.map(({ keys }) => sizesOf(space, unitKey(keys)));
  if (fixed.includes(undefined) || choices.some((candidates) => candidates.includes(undefined))) return undefined;
  const by = (size: keyof Sizes): Additive | undefined => {
    const of = (sizes: Sizes | undefined) => sizes![size];
    const mean = sumOf(choices.map((candidates) => sumOf(candidates.map(of)) / candidates.length)) + sumOf(fixed.map(of));
    if (mean === 0) return undefined;
    const msOf = (sizes: Sizes | undefined) => (of(sizes) * meanMs) / mean;
    return { choices: choices.map((candidates) => candidates.map(msOf)), fixed: fixed.map(msOf), call: 0 };
  };
  const macs = by('macs');
  const bytes = by('activationBytes');
  if (!macs || !bytes) return undefined;
  return {
    base: combineParts([macs, bytes], ([a, b]) => (a! + b!) / 2),
    direction: combineParts([macs, bytes], ([a, b]) => (a! - b!) / 2),
  };
};
