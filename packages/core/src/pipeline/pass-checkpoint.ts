// The checkpoint that a pass gets: when to store, what a stored one applies to, and who is told.
import type { Diagnostic } from '@nasc/diagnostics';
import type { Checkpoint } from '../checkpoint.ts';
import { consult } from '../plugins/tracked-registry.ts';
import type { Consulted } from '../plugins/tracked-registry.ts';
import type { Registrations } from '../plugins/registrations.ts';
import { openCheckpointPlace } from '../store/checkpoint-store.ts';

export interface PassCheckpointOptions {
  /** Where the checkpoints of this part of the pipeline, with this key, lie. */
  readonly folder: string;
  /** The pass, then the parts within it. */
  readonly place: readonly string[];
  readonly registrations: Registrations;
  /** What the part has consulted so far; grows while it runs, and by what a checkpoint says that it consulted. */
  readonly consulted: Consulted;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly report: (diagnostic: Diagnostic) => void;
  readonly onEvent: (action: 'stored' | 'resumed') => void;
  /** Of the part, in all runs that worked on it; told what earlier ones took. */
  readonly clock: PartClock;
}

/** What a part has taken so far, in all runs that worked on it. */
export interface PartClock {
  elapsedMs(): number;
  /** An earlier run had taken so long when it stored what this one goes on from. */
  goesOnFrom(elapsedMs: number): void;
}

/** Counts from this call on. */
export const startPartClock = (): PartClock => {
  const started = performance.now();
  let before = 0;
  return {
    elapsedMs: () => before + performance.now() - started,
    goesOnFrom(elapsedMs) {
      before = Math.max(before, elapsedMs);
    },
  };
};

/** Storing may take this share of the time. */
const largestShare = 0.05;

/** Whether to store again `sinceMs` after the last time, which took `costMs`. An interval of 0 means at every opportunity. */
export const isCheckpointDue = (intervalMs: number, sinceMs: number, costMs: number): boolean =>
  intervalMs === 0 || (sinceMs >= intervalMs && costMs <= largestShare * (costMs + sinceMs));

export const createPassCheckpoint = (options: PassCheckpointOptions): Checkpoint => {
  const { folder, place, registrations, consulted, signal } = options;
  const stored = openCheckpointPlace(folder, place);
  let lastEndMs = performance.now();
  let lastCostMs = 0;

  /** Asking for the state is part of the cost: it may have to be copied out of an engine. */
  const storeWhat = async (state: () => unknown): Promise<void> => {
    const beginMs = performance.now();
    await stored.write({ place, consulted: { ...consulted }, elapsedMs: options.clock.elapsedMs(), state: await state() });
    lastEndMs = performance.now();
    lastCostMs = lastEndMs - beginMs;
    options.onEvent('stored');
  };
  const isDue = () => isCheckpointDue(options.intervalMs, performance.now() - lastEndMs, lastCostMs);

  return {
    async resume<State>() {
      const found = await stored.read(
        (checkpoint) => Object.entries(checkpoint.consulted).every(([name, digest]) => consult(registrations, name) === digest),
        options.report,
      );
      if (!found) return undefined;
      // Work that is not done again consults nothing again, but the result depends on it all the same.
      Object.assign(consulted, found.consulted);
      options.clock.goesOnFrom(found.elapsedMs);
      options.onEvent('resumed');
      return found.state as State;
    },
    async offer(state) {
      if (signal.aborted || isDue()) await storeWhat(state);
      signal.throwIfAborted();
    },
    store: (state) => storeWhat(() => state),
    part: (name) => createPassCheckpoint({ ...options, place: [...place, name] }),
  };
};
