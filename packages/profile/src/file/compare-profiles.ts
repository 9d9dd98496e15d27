// Two profiles side by side: what both know, and by how much they differ.
import type { Profile } from '@nasc/core';
import { quantile } from '@nasc/measure';

export interface ComparedBlock {
  readonly key: string;
  readonly firstMs: number;
  readonly secondMs: number;
  /** Second over first. */
  readonly ratio: number;
}

export interface ProfileComparison {
  readonly blocks: {
    /** Blocks that take time in both, the largest deviation from the median ratio first. */
    readonly both: readonly ComparedBlock[];
    readonly onlyFirst: readonly string[];
    readonly onlySecond: readonly string[];
  };
  /** Second over first, of all blocks in both; undefined where there are none. */
  readonly ratio: { readonly median: number; readonly low: number; readonly high: number } | undefined;
}

export const compareProfiles = (first: Profile, second: Profile): ProfileComparison => {
  const common = Object.keys(first.blocks).filter((key) => Object.hasOwn(second.blocks, key));
  const both = common
    .map((key) => ({ key, firstMs: first.blocks[key]!.ms, secondMs: second.blocks[key]!.ms }))
    .filter(({ firstMs, secondMs }) => firstMs > 0 && secondMs > 0)
    .map((block) => ({ ...block, ratio: block.secondMs / block.firstMs }));
  const ratios = both.map(({ ratio }) => ratio);
  const ratio =
    ratios.length > 0 ? { median: quantile(ratios, 0.5), low: quantile(ratios, 0.05), high: quantile(ratios, 0.95) } : undefined;
  const deviation = (block: ComparedBlock): number => Math.abs(Math.log(block.ratio / ratio!.median));
  return {
    blocks: {
      both: both.toSorted((a, b) => deviation(b) - deviation(a)),
      onlyFirst: Object.keys(first.blocks).filter((key) => !Object.hasOwn(second.blocks, key)),
      onlySecond: Object.keys(second.blocks).filter((key) => !Object.hasOwn(first.blocks, key)),
    },
    ratio,
  };
};
