// Calls of one part of a step, encoded: made once and kept, where steps repeat them.
import type { LineOf } from './buffer-lines.ts';
import { encodeCalls } from './call.ts';
import type { Call } from './call.ts';
import type { Piece, StepPhase } from './step-profile.ts';

/** Calls, and where the buffers that they mention lie. */
export interface PlacedCalls {
  readonly calls: readonly Call[];
  readonly lineOf: LineOf;
}

export class Pieces {
  readonly #kernels: ReadonlyMap<string, number>;
  readonly #kept = new Map<string, Piece>();

  constructor(kernels: ReadonlyMap<string, number>) {
    this.#kernels = kernels;
  }

  make(phase: StepPhase, part: string, calls: readonly Call[], lineOf: LineOf): Piece {
    return { phase, part, words: encodeCalls(calls, this.#kernels, lineOf) };
  }

  /** `key` says within phase and part what the calls depend on; nothing else is done for a piece that is there. */
  once(phase: StepPhase, part: string, key: string, make: () => PlacedCalls): Piece {
    const whole = `${phase}|${part}|${key}`;
    let piece = this.#kept.get(whole);
    if (!piece) {
      const { calls, lineOf } = make();
      this.#kept.set(whole, (piece = this.make(phase, part, calls, lineOf)));
    }
    return piece;
  }
}
