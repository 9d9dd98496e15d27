// How a pattern is realised by the native engine: as one unit with kernels of its own, where its shapes suit them.
import type { OpView } from '@nasc/ir';
import type { BufferId } from '../call.ts';
import type { Unit } from '../unit.ts';

/**
 * A value that was not written out: readers compute `act(z affine[0] + affine[1])` as they load, mask the gradient likewise, and
 * leave partial sums (see `kernels/norm.h`). `low` and `high` tell the activation (`kernels/lanes.h`).
 */
export interface Normalised {
  readonly z: BufferId;
  readonly affine: BufferId;
  readonly mean: BufferId;
  readonly low: number;
  readonly high: number;
  readonly sums: BufferId;
  /** Whether z, and the masked gradient that readers leave, are in blocks of channels (`kernels/lanes.h`). */
  readonly blocked: boolean;
  /** Groups of rows in `sums`: set by the reader. */
  groups: number;
}

export interface NativeMatch {
  /** In chain order. */
  readonly nodes: readonly OpView[];
  readonly batch: number;
  /** Set when the chain's input comes normalised. */
  readonly input: Normalised | undefined;
  /** Set when the chain's only reader takes it normalised: it is not written out. */
  readonly output: Normalised | undefined;
}

export interface NativePatternLowering {
  /** Whether the shapes and attributes suit the kernels. `batchSize`: images of a full batch of the program. */
  accepts(nodes: readonly OpView[], batchSize: number): boolean;
  /** Whether its input may come normalised, and whether its output may stay so. */
  readonly normalisedInput: (nodes: readonly OpView[]) => boolean;
  readonly normalisedOutput: boolean;
  unit(match: NativeMatch): Unit;
}

declare module '@nasc/ir' {
  interface PatternLowerings {
    readonly native?: NativePatternLowering;
  }
}
