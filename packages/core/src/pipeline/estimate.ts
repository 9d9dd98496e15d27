// What a run would take: every part works for some seconds on the real data, its own progress says how long the rest would take, and
// a stand-in takes the place of what it would have made. Nothing is stored.
import type { ArtifactKind, Artifacts } from '../artifacts.ts';
import { noCheckpoint } from '../checkpoint.ts';
import type { TrainingEngine } from '../kinds/index.ts';
import type { StageName } from '../part.ts';
import type { PassContext } from '../pass.ts';
import type { PipelineListener, ProgressEvent } from '../progress.ts';
import type { MadeArtifact, StoredArtifact } from '../store/artifact-store.ts';
import { createPassContext } from './pass-context.ts';
import type { PartRequest } from './run-part.ts';
import { runPasses, storedArtifact } from './run-part.ts';
import type { Stores } from './run-part.ts';
import type { RunState } from './run-state.ts';

export interface EstimatedWork {
  readonly pass: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

export interface EstimatedPart {
  readonly stage: StageName;
  readonly part: string;
  /** The target, or the network where the part runs once for each. */
  readonly target?: string;
  /** Taken from the store, run to its end, or projected from a part of its work. */
  readonly outcome: 'stored' | 'finished' | 'projected';
  readonly ms: number;
  /** What was projected from how much. */
  readonly work?: EstimatedWork;
  /** Most that a training program of it holds; absent where it has none, or the engine leaves memory to a library. */
  readonly memoryBytes?: number;
}

export type StandIns = {
  readonly [K in ArtifactKind]?: (inputs: Readonly<Partial<Artifacts>>, context: PassContext) => Artifacts[K];
};

export interface EstimateOptions {
  readonly signal?: AbortSignal;
  /** How long each part may work, ms. */
  readonly measureMs: number;
  /** What stands for an artifact that was not made to its end: of the right form, untrained. Parts that make other kinds run to their end. */
  readonly standIns: StandIns;
  readonly onPart?: (estimated: EstimatedPart) => void;
}

interface Reading extends EstimatedWork {
  readonly ms: number;
}

/** Ends a part when its progress says enough. */
class PartMeter {
  readonly #stop = new AbortController();
  readonly #started = performance.now();
  readonly #listener: PipelineListener;
  readonly #measureMs: number;
  #first: Reading | undefined;
  #last: Reading | undefined;

  constructor(listener: PipelineListener, measureMs: number) {
    this.#listener = listener;
    this.#measureMs = measureMs;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  readonly listener: PipelineListener = (name, event) => {
    this.#listener(name, event);
    if (name === 'progress') this.#read(event as ProgressEvent);
  };

  #read({ pass, done, total, unit }: ProgressEvent): void {
    if (pass === 'dataset') return;
    const reading = { pass, done, total, unit, ms: performance.now() - this.#started };
    const first = this.#first;
    // Another pass, another piece of work: counted anew. The time that went before is in its own.
    const same = first && first.pass === pass && first.unit === unit && first.total === total && done >= first.done;
    if (!same) this.#first = reading;
    this.#last = reading;
    if (same && done > first.done && done < total && reading.ms - first.ms >= this.#measureMs) this.#stop.abort();
  }

  /** Time of the whole part, ms: what was before the piece of work, and all of that at the speed seen. */
  projected(): { readonly ms: number; readonly work: EstimatedWork } {
    const [first, last] = [this.#first!, this.#last!];
    const { ms: _ms, ...work } = last;
    return { ms: first.ms + ((last.ms - first.ms) / (last.done - first.done)) * (last.total - first.done), work };
  }

  elapsedMs(): number {
    return performance.now() - this.#started;
  }
}

/** The same engine; tells how much memory its programs hold. */
const watchMemory = (engine: TrainingEngine, tell: (bytes: number) => void): TrainingEngine => ({
  name: engine.name,
  description: engine.description,
  automatic: engine.automatic,
  probe: (options) => engine.probe(options),
  async compile(graph, options) {
    const program = await engine.compile(graph, options);
    if (program.memoryBytes !== undefined) tell(program.memoryBytes);
    return program;
  },
});

/** Of what is not stored. */
const standInHash = 'estimate';

/** Milliseconds mean nothing beside latencies that were not measured; a share of them does. */
export const withinReach = (subject: PartRequest['subject'], inputs: PartRequest['inputs']): PartRequest['subject'] => {
  if (subject?.limits?.latencyMs === undefined || inputs.get('costModel')?.hash !== standInHash) return subject;
  const { latencyMs: _ms, ...limits } = subject.limits;
  return { ...subject, limits: { ...limits, latencyShare: 1 } };
};

/** Runs a part for a while. Whatever it throws other than that it was stopped is thrown. */
export const estimatePart = async (
  state: RunState,
  stores: Stores,
  request: PartRequest,
  { measureMs, standIns }: EstimateOptions,
): Promise<{ readonly artifact: StoredArtifact<ArtifactKind> | MadeArtifact; readonly estimated: EstimatedPart }> => {
  const { part } = request.ordered;
  const place = { stage: part.stage, part: part.name, ...(request.subject && { target: request.subject.name }) };
  const kept = await storedArtifact(state, stores.artifacts, request);
  if (kept) return { artifact: kept, estimated: { ...place, outcome: 'stored', ms: 0 } };

  let memoryBytes = 0;
  const standIn = standIns[part.produces];
  const meter = new PartMeter(state.listener, standIn ? measureMs : Infinity);
  const watched: RunState = {
    ...state,
    signal: AbortSignal.any([state.signal, meter.signal]),
    listener: meter.listener,
    async engine(stage) {
      const chosen = await state.engine(stage);
      return { ...chosen, engine: watchMemory(chosen.engine, (bytes) => (memoryBytes = Math.max(memoryBytes, bytes))) };
    },
  };
  const finish = (value: Artifacts[ArtifactKind], found: Pick<EstimatedPart, 'outcome' | 'ms' | 'work'>) => ({
    artifact: { kind: part.produces, hash: found.outcome === 'projected' ? standInHash : 'unstored', value },
    estimated: { ...place, ...found, ...(memoryBytes > 0 && { memoryBytes }) },
  });
  try {
    const value = await runPasses(watched, request, {}, () => noCheckpoint(watched.signal));
    return finish(value, { outcome: 'finished', ms: meter.elapsedMs() });
  } catch (cause) {
    if (!standIn || !meter.signal.aborted || state.signal.aborted) throw cause;
    const inputs = Object.fromEntries([...request.inputs].map(([kind, { value }]) => [kind, value]));
    const context = createPassContext(state, request, 'estimate', {}, noCheckpoint(state.signal));
    return finish(standIn(inputs, context), { outcome: 'projected', ...meter.projected() });
  }
};
