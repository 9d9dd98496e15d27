// The pipeline: six stages in order, each a few parts, each part once, once per target, or once per network.
import { resolve } from 'node:path';
import type { Config, Limits } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { ArtifactKind, Artifacts, OnDemandArtifacts } from '../artifacts.ts';
import { messages } from '../messages.ts';
import { stageNames } from '../part.ts';
import type { StageName, StagePart } from '../part.ts';
import { setUpPlugins } from '../plugins/plugin-host.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import { resolvePlugins } from '../plugins/resolve-plugins.ts';
import type { PipelineListener } from '../progress.ts';
import { openArtifactStore } from '../store/artifact-store.ts';
import { withRunFolder } from '../store/run-folder.ts';
import type { StoredArtifact } from '../store/artifact-store.ts';
import { openCheckpointStore } from '../store/checkpoint-store.ts';
import { estimatePart, withinReach } from './estimate.ts';
import type { EstimatedPart, EstimateOptions } from './estimate.ts';
import { createRunState } from './run-state.ts';
import type { NetworkSubject, RunState, Subject } from './run-state.ts';
import { runPart } from './run-part.ts';
import type { Stores } from './run-part.ts';

export interface PipelineOptions {
  /** Set up before the config's own plugins. */
  readonly plugins: readonly unknown[];
  /** Folder that the config's relative paths start from; the current one when absent. */
  readonly folder?: string;
  /** First folder of the data search path. */
  readonly dataDir?: string;
  /** Module name -> file, for the imports of plugins that the config names: lets them import the program that is running. */
  readonly alias?: Readonly<Record<string, string>>;
  readonly listener?: PipelineListener;
}

export interface RunOptions {
  /** Last stage to run. */
  readonly to?: StageName;
  /** Only what this kind of artifact follows from, and itself: the rest is left out. Parts on demand run only for it. */
  readonly make?: ArtifactKind;
  /** First stage to run anew; what comes before has to be stored. */
  readonly from?: StageName;
  readonly signal?: AbortSignal;
  /** How often a pass's unfinished work is stored, ms; 0 at every opportunity. 30 s when absent. */
  readonly checkpointIntervalMs?: number;
  /** Waits for another run in the same `cacheDir` to end, where it would else be an error. */
  readonly wait?: boolean;
  /** False lets other runs work in the same `cacheDir` meanwhile: for work of seconds, which keeps nothing unfinished. */
  readonly exclusive?: boolean;
}

export type NetworkArtifacts = Omit<Artifacts, 'searchSpace' | 'supernet' | 'teacher' | keyof OnDemandArtifacts>;

/** Where a network comes from: its target under one set of limits. */
export interface NetworkOrigin {
  /** The target's name in results. */
  readonly target: string;
  readonly limits: Limits;
}

export interface Timing {
  readonly stage: StageName;
  readonly part: string;
  /** The target, or the network where the part runs once for each. */
  readonly target?: string;
  readonly cached: boolean;
  readonly elapsedMs: number;
  /** What making the artifact took, in all runs that worked on it. */
  readonly madeInMs: number;
}

/** The first network's artifacts at the top level, all networks' by name beneath. */
export interface PipelineResult extends Omit<Artifacts, keyof OnDemandArtifacts> {
  readonly networks: Readonly<Record<string, NetworkArtifacts & NetworkOrigin>>;
  readonly timings: readonly Timing[];
  /** Content hash of every artifact: `kind`, or `target/kind`, or `network/kind`. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Of a run that stops before the last stage. */
export interface PartialPipelineResult extends Partial<Artifacts>, Pick<PipelineResult, 'timings' | 'hashes'> {
  readonly networks: Readonly<Record<string, Partial<NetworkArtifacts & OnDemandArtifacts> & NetworkOrigin>>;
}

/** What is done with a result while the run still has its `cacheDir` to itself. */
export type Conclusion = (result: PartialPipelineResult) => Promise<void>;

export interface Pipeline {
  run(options?: RunOptions & { readonly to?: undefined; readonly make?: undefined }, conclude?: Conclusion): Promise<PipelineResult>;
  run(options: RunOptions, conclude?: Conclusion): Promise<PartialPipelineResult>;
  /** Works on every part for a while and projects the rest; nothing is stored. */
  estimate(options: EstimateOptions): Promise<readonly EstimatedPart[]>;
  /** Stages, parts and passes in final order, each with its plugin. */
  passes(): Promise<PluginHost['parts']>;
  /** The plugins, set up, and all that they registered. */
  host(): Promise<PluginHost>;
}

type AnySubject = (Subject & Partial<NetworkSubject>) | undefined;

/** Artifacts made so far; a network finds those of its target, too, and everybody those of the run. */
class Made {
  readonly #byPlace = new Map<string, StoredArtifact<ArtifactKind>>();

  set(kind: ArtifactKind, subject: AnySubject, artifact: StoredArtifact<ArtifactKind>): void {
    this.#byPlace.set(subject ? `${subject.name}/${kind}` : kind, artifact);
  }

  get(kind: ArtifactKind, subject: AnySubject): StoredArtifact<ArtifactKind> | undefined {
    return (
      (subject && this.#byPlace.get(`${subject.name}/${kind}`)) ??
      (subject?.targetName !== undefined ? this.#byPlace.get(`${subject.targetName}/${kind}`) : undefined) ??
      this.#byPlace.get(kind)
    );
  }

  /** What a part consumes. */
  inputsOf({ consumes, stage }: StagePart, subject: AnySubject): ReadonlyMap<ArtifactKind, StoredArtifact<ArtifactKind>> {
    return new Map(
      consumes.map((kind) => {
        const artifact = this.get(kind, subject);
        if (!artifact) throw new DiagnosticError([messages.artifactMissing(kind, stage)]);
        return [kind, artifact];
      }),
    );
  }

  collect(networks: readonly NetworkSubject[], timings: readonly Timing[]): PartialPipelineResult {
    const values = (prefix: string) =>
      Object.fromEntries(
        [...this.#byPlace].filter(([place]) => place.startsWith(prefix)).map(([place, { value }]) => [place.slice(prefix.length), value]),
      );
    const shared = Object.fromEntries(
      [...this.#byPlace].filter(([place]) => !place.includes('/')).map(([place, { value }]) => [place, value]),
    );
    const found = networks.map(({ name, targetName: target, limits }) => {
      return [name, { ...values(`${target}/`), ...values(`${name}/`), target, limits }] as const;
    });
    const { target: _target, limits: _limits, ...first } = found[0]![1];
    return {
      ...shared,
      ...first,
      networks: Object.fromEntries(found),
      timings,
      hashes: Object.fromEntries([...this.#byPlace].map(([place, { hash }]) => [place, hash])),
    };
  }
}

/** Parts that an artifact follows from, with those that make it; where none is named, all but those on demand that nothing follows from. */
const partsFor = (parts: PluginHost['parts'], make?: ArtifactKind): PluginHost['parts'] => {
  const always = parts.filter(({ part }) => !part.onDemand).map(({ part }) => part.produces);
  const wanted = new Set(make === undefined ? always : [make]);
  // Parts are in order: what a part consumes is made before it.
  for (const { part } of parts.toReversed()) if (wanted.has(part.produces)) for (const kind of part.consumes) wanted.add(kind);
  return parts.filter(({ part }) => wanted.has(part.produces));
};

const subjectsOf = ({ per }: StagePart, { targets, networks }: RunState): readonly AnySubject[] =>
  per === 'run' ? [undefined] : per === 'target' ? targets : networks;

/** The order of stages is fixed; a part that comes too late for what it consumes is a bug of the plugin that added it. */
export const createPipeline = (config: Config, pipelineOptions: PipelineOptions): Pipeline => {
  const folder = resolve(pipelineOptions.folder ?? '.');
  const listener: PipelineListener = pipelineOptions.listener ?? (() => {});
  let hostOnce: Promise<PluginHost> | undefined;
  const { plugins, alias = {} } = pipelineOptions;
  const host = () => (hostOnce ??= resolvePlugins(config.plugins, folder, { alias }).then((own) => setUpPlugins([...plugins, ...own])));

  const runStages = async ({ to = 'codegen', make, from }: RunOptions, state: RunState, stores: Stores): Promise<PartialPipelineResult> => {
    const { hooks } = state.host;
    const parts = partsFor(state.host.parts, make);
    const made = new Made();
    const timings: Timing[] = [];

    for (const [index, stage] of stageNames.entries()) {
      if (index > stageNames.indexOf(to)) break;
      await hooks.beforeStage.promise(stage);
      for (const ordered of parts.filter(({ part }) => part.stage === stage)) {
        for (const subject of subjectsOf(ordered.part, state)) {
          const inputs = made.inputsOf(ordered.part, subject);
          const mode = from === undefined ? 'use' : index < stageNames.indexOf(from) ? 'only' : 'anew';
          const { artifact, cached, elapsedMs } = await runPart(state, stores, { ordered, subject, inputs, store: mode });
          made.set(ordered.part.produces, subject, artifact);
          timings.push({
            stage,
            part: ordered.part.name,
            ...(subject && { target: subject.name }),
            cached,
            elapsedMs,
            madeInMs: artifact.madeInMs,
          });
        }
      }
      await hooks.afterStage.promise(stage);
    }
    return made.collect(state.networks, timings);
  };

  const run = async (runOptions: RunOptions = {}, conclude: Conclusion = async () => {}): Promise<PartialPipelineResult> => {
    const { signal = new AbortController().signal, wait = false, exclusive = true, checkpointIntervalMs = 30_000 } = runOptions;
    const state = createRunState({ config, host: await host(), folder, dataDir: pipelineOptions.dataDir, signal, listener });
    const runFolder = resolve(folder, config.cacheDir);
    const artifacts = openArtifactStore(runFolder);
    const checkpoints = { ...openCheckpointStore(runFolder), intervalMs: checkpointIntervalMs };
    const work = async () => {
      try {
        const result = await runStages(runOptions, state, { artifacts, checkpoints: exclusive ? checkpoints : undefined });
        await conclude(result);
        return result;
      } finally {
        await state.dataWorkers.dispose();
      }
    };
    if (!exclusive) return work();
    return withRunFolder(runFolder, { wait, signal, report: (diagnostic) => listener('diagnostic', diagnostic) }, work);
  };

  const estimate = async ({ signal = new AbortController().signal, ...options }: EstimateOptions): Promise<readonly EstimatedPart[]> => {
    const state = createRunState({ config, host: await host(), folder, dataDir: pipelineOptions.dataDir, signal, listener });
    const stores = { artifacts: openArtifactStore(resolve(folder, config.cacheDir)), checkpoints: undefined };
    const made = new Made();
    const found: EstimatedPart[] = [];
    try {
      for (const ordered of stageNames.flatMap((stage) => partsFor(state.host.parts).filter(({ part }) => part.stage === stage))) {
        for (const subject of subjectsOf(ordered.part, state)) {
          const inputs = made.inputsOf(ordered.part, subject);
          const request = { ordered, subject: withinReach(subject, inputs), inputs, store: 'use' } as const;
          const { artifact, estimated } = await estimatePart(state, stores, request, options);
          made.set(ordered.part.produces, subject, artifact);
          found.push(estimated);
          options.onPart?.(estimated);
        }
      }
      return found;
    } finally {
      await state.dataWorkers.dispose();
    }
  };

  return { run: run as Pipeline['run'], estimate, passes: async () => (await host()).parts, host };
};
