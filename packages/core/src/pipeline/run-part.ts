// Runs one part, for one target or network where it is per such: from the store where everything that mattered is still the same, else its passes.
import { DiagnosticError, throwIfErrors } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { verifyGraph } from '@nasc/ir';
import type { Graph } from '@nasc/ir';
import type { ArtifactKind, Artifacts } from '../artifacts.ts';
import { noCheckpoint } from '../checkpoint.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { messages } from '../messages.ts';
import type { PassContext } from '../pass.ts';
import { callPass } from '../plugins/call-pass.ts';
import type { OrderedPart } from '../plugins/order-passes.ts';
import { consult } from '../plugins/tracked-registry.ts';
import type { Consulted } from '../plugins/tracked-registry.ts';
import type { ArtifactStore, KeyRecord, MadeArtifact, StoredArtifact } from '../store/artifact-store.ts';
import type { CheckpointStore } from '../store/checkpoint-store.ts';
import { partKey } from './part-key.ts';
import { createPassCheckpoint, startPartClock } from './pass-checkpoint.ts';
import { createPassContext, inputHashesOf } from './pass-context.ts';
import type { NetworkSubject, RunState, Subject } from './run-state.ts';

export interface PartRun {
  readonly artifact: MadeArtifact;
  readonly cached: boolean;
  readonly elapsedMs: number;
}

/** Where a run keeps things. */
export interface Stores {
  readonly artifacts: ArtifactStore;
  /** Undefined where unfinished work is not kept. */
  readonly checkpoints: (CheckpointStore & { readonly intervalMs: number }) | undefined;
}

export interface PartRequest {
  readonly ordered: OrderedPart;
  readonly subject: (Subject & Partial<NetworkSubject>) | undefined;
  readonly inputs: ReadonlyMap<ArtifactKind, StoredArtifact<ArtifactKind>>;
  /** `use` the store, run `anew`, or `only` accept what is stored. */
  readonly store: 'use' | 'anew' | 'only';
}

/** Whatever holds a graph is verified: all problems at once, with the pass that made them. */
const verifyOutput = (value: unknown, context: PassContext, stage: string, pass: string): void => {
  const graph = (value as { graph?: Graph } | undefined)?.graph;
  if (!graph?.nodes) return;
  throwIfErrors(verifyGraph(graph, context.registry.ops).map((diagnostic) => ({ ...diagnostic, stage, pass })));
};

/** Adds to the diagnostics of whatever fails in `work` where it happened; what they say of themselves stays. */
const placed = async <T>(place: Partial<Diagnostic>, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof DiagnosticError)) throw cause;
    throw new DiagnosticError(
      cause.diagnostics.map((diagnostic) => ({ ...place, ...diagnostic })),
      { cause },
    );
  }
};

/** The part's passes, one after the other, and the taps that modify what they give. */
export const runPasses = async (
  state: RunState,
  request: PartRequest,
  consulted: Consulted,
  checkpointOf: (pass: string) => Checkpoint,
): Promise<Artifacts[ArtifactKind]> => {
  const { ordered, inputs } = request;
  const { part, passes } = ordered;
  const { hooks } = state.host;
  let value: unknown = Object.fromEntries([...inputs].map(([kind, artifact]) => [kind, artifact.value]));
  for (const { pass, provenance } of passes) {
    state.signal.throwIfAborted();
    const context = createPassContext(state, request, pass.name, consulted, checkpointOf(pass.name));
    // A pass of the stage's own needs no plugin to be found; one from elsewhere does.
    const foreign = provenance.plugin !== ordered.provenance.plugin;
    value = await placed({ stage: part.stage, pass: pass.name, ...(foreign && { plugin: provenance.plugin }) }, async () => {
      await hooks.beforePass.get(pass.name)?.promise(value, context);
      const output = await callPass({ pass, provenance }, foreign, value, context);
      verifyOutput(output, context, part.stage, pass.name);
      await hooks.afterPass.get(pass.name)?.promise(output, context);
      return output;
    });
  }
  const modify = hooks.modifyArtifact.get(part.produces);
  if (!modify) return value as Artifacts[ArtifactKind];
  const name = `modify ${part.produces}`;
  const context = createPassContext(state, request, name, consulted, checkpointOf(name));
  return placed({ stage: part.stage, pass: name }, async () => {
    const modified = await modify.promise(value as Artifacts[ArtifactKind], context);
    verifyOutput(modified, context, part.stage, name);
    return modified;
  });
};

const fromStore = async (
  state: RunState,
  store: ArtifactStore,
  kind: ArtifactKind,
  records: readonly KeyRecord[],
): Promise<MadeArtifact | undefined> => {
  for (const { hash, consulted, elapsedMs } of records) {
    const same = Object.entries(consulted).every(([name, digest]) => consult(state.host.registrations, name) === digest);
    if (!same) continue;
    const artifact = await store.get(kind, hash, (path) => state.listener('diagnostic', messages.artifactDamaged(path)));
    if (artifact) return { ...artifact, madeInMs: elapsedMs };
  }
  return undefined;
};

/** What the part once made from the same inputs, if that is known and still there. */
export const storedArtifact = async (state: RunState, store: ArtifactStore, request: PartRequest): Promise<MadeArtifact | undefined> => {
  const key = await partKey(state, request.ordered, request.subject, inputHashesOf(request));
  if (key === undefined) return undefined;
  return fromStore(state, store, request.ordered.part.produces, await store.records(key));
};

export const runPart = async (state: RunState, stores: Stores, request: PartRequest): Promise<PartRun> => {
  const { part } = request.ordered;
  const place = { stage: part.stage, part: part.name, ...(request.subject && { target: request.subject.name }) };
  const started = performance.now();
  const clock = startPartClock();
  state.signal.throwIfAborted();
  state.listener('stageStart', place);

  const finish = (artifact: MadeArtifact, cached: boolean): PartRun => {
    const elapsedMs = performance.now() - started;
    state.listener('stageEnd', { ...place, cached, elapsedMs });
    return { artifact, cached, elapsedMs };
  };

  const key = await partKey(state, request.ordered, request.subject, inputHashesOf(request));
  const records = key === undefined ? [] : await stores.artifacts.records(key);
  const making = 1 + Math.max(0, ...records.map((record) => record.making));
  const { checkpoints } = stores;
  if (key !== undefined) await checkpoints?.keepOnly(key, making);
  if (request.store !== 'anew') {
    const artifact = await fromStore(state, stores.artifacts, part.produces, records);
    if (artifact) return finish(artifact, true);
  }
  if (request.store === 'only') throw new DiagnosticError([messages.artifactMissing(part.produces, part.stage)]);

  const consulted: Consulted = {};
  const checkpointOf = (pass: string): Checkpoint => {
    if (key === undefined || !checkpoints) return noCheckpoint(state.signal);
    const { stage } = part;
    const { target } = place;
    return createPassCheckpoint({
      folder: checkpoints.folderOf(key, making),
      place: [pass],
      registrations: state.host.registrations,
      consulted,
      intervalMs: checkpoints.intervalMs,
      signal: state.signal,
      report: (diagnostic) => state.listener('diagnostic', { stage, pass, ...diagnostic }),
      clock,
      onEvent: (action) => state.listener('checkpoint', { stage, pass, ...(target !== undefined && { target }), action }),
    });
  };
  const artifact = await stores.artifacts.put(part.produces, await runPasses(state, request, consulted, checkpointOf));
  const madeInMs = clock.elapsedMs();
  if (key !== undefined) {
    await stores.artifacts.remember(key, { hash: artifact.hash, making, consulted, elapsedMs: madeInMs });
    await checkpoints?.remove(key);
  }
  return finish({ ...artifact, madeInMs }, false);
};
