// From the calls of a region to the lifetimes of its buffers: a buffer lives from the first call that mentions it to the
// last. Positions: element i runs forward at i, backward at 2n + 1 - i; the loss is at n.
import { planMemory } from '@nasc/c-emit';
import type { LiveBuffer } from '@nasc/c-emit';
import { lineBytes, linesOf } from './call.ts';
import type { BufferId, Call } from './call.ts';
import type { ForwardMode, Unit } from './unit.ts';

export interface Lifetime {
  first: number;
  last: number;
}

const forwardModes: readonly ForwardMode[] = (['batch', 'update', 'running'] as const).flatMap((batchNorm) =>
  [true, false].map((random) => ({ batchNorm, random })),
);

/** Every call that a unit's forward pass may make in some mode. */
export const allForwardCalls = (unit: Unit): readonly Call[] => forwardModes.flatMap((mode) => unit.forward(mode));

export const forwardPosition = (index: number): number => index;
export const backwardPosition = (index: number, count: number): number => 2 * count + 1 - index;

export const isLocal = (buffer: BufferId): boolean => /^[vgsta]:/.test(buffer);

/** Collects mentions of the region's own buffers (not of parameters and the engine's own). */
export class Lifetimes {
  readonly of = new Map<BufferId, Lifetime>();

  mention(buffer: BufferId, position: number): void {
    const known = this.of.get(buffer);
    if (!known) this.of.set(buffer, { first: position, last: position });
    else {
      known.first = Math.min(known.first, position);
      known.last = Math.max(known.last, position);
    }
  }

  mentionCalls(calls: readonly Call[], position: number): void {
    for (const { tensors } of calls) for (const buffer of tensors) if (isLocal(buffer)) this.mention(buffer, position);
  }
}

export interface Placement {
  /** Lines from the start of the area. */
  readonly lines: ReadonlyMap<BufferId, number>;
  readonly size: number;
}

/** Places buffers; those that never live at the same position may share memory. */
export const placeBuffers = (lifetimes: Iterable<readonly [BufferId, Lifetime]>, linesNeeded: (buffer: BufferId) => number): Placement => {
  const live: LiveBuffer[] = [];
  for (const [id, { first, last }] of lifetimes) live.push({ id, bytes: linesNeeded(id) * lineBytes, first, last });
  const { offsets, arenaBytes } = planMemory(live, lineBytes);
  return { lines: new Map([...offsets].map(([id, offset]) => [id, offset / lineBytes])), size: arenaBytes / lineBytes };
};

/** Lines of a buffer of known floats. */
export const linesIn =
  (floats: ReadonlyMap<BufferId, number>) =>
  (buffer: BufferId): number => {
    const count = floats.get(buffer);
    if (count === undefined) throw new Error(`Buffer "${buffer}" has no size.`);
    return linesOf(count);
  };
