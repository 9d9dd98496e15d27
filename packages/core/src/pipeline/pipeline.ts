// The pipeline: six stages in order, each a few parts, each part once or once per target.
import { resolve } from 'node:path';
import type { Config } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { ArtifactKind, Artifacts } from '../artifacts.ts';
import type { Target } from '../kinds/index.ts';
import { messages } from '../messages.ts';
import { stageNames } from '../part.ts';
import type { StageName } from '../part.ts';
import { setUpPlugins } from '../plugins/plugin-host.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import { resolvePlugins } from '../plugins/resolve-plugins.ts';
import type { PipelineListener } from '../progress.ts';
import { openArtifactStore } from '../store/artifact-store.ts';
import { withRunFolder } from '../store/run-folder.ts';
import type { StoredArtifact } from '../store/artifact-store.ts';
import { openCheckpointStore } from '../store/checkpoint-store.ts';
import { createRunState } from './run-state.ts';
import type { RunState } from './run-state.ts';
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

export type TargetArtifacts = Omit<Artifacts, 'searchSpace' | 'supernet' | 'teacher'>;

export interface Timing {
  readonly stage: StageName;
  readonly part: string;
  readonly target?: string;
  readonly cached: boolean;
  readonly elapsedMs: number;
}

/** The first target's artifacts at the top level, all targets' by name beneath. */
export interface PipelineResult extends Artifacts {
  readonly targets: Readonly<Record<string, TargetArtifacts>>;
  readonly timings: readonly Timing[];
  /** Content hash of every artifact: `kind`, or `target/kind`. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Of a run that stops before the last stage. */
export interface PartialPipelineResult extends Partial<Artifacts>, Pick<PipelineResult, 'timings' | 'hashes'> {
  readonly targets: Readonly<Record<string, Partial<TargetArtifacts>>>;
}

/** What is done with a result while the run still has its `cacheDir` to itself. */
export type Conclusion = (result: PartialPipelineResult) => Promise<void>;

export interface Pipeline {
  run(options?: RunOptions & { readonly to?: undefined }, conclude?: Conclusion): Promise<PipelineResult>;
  run(options: RunOptions, conclude?: Conclusion): Promise<PartialPipelineResult>;
  /** Stages, parts and passes in final order, each with its plugin. */
  passes(): Promise<PluginHost['parts']>;
  /** The plugins, set up, and all that they registered. */
  host(): Promise<PluginHost>;
}

/** Artifacts made so far; one that is not a target's own is found under every target. */
class Made {
  readonly #byPlace = new Map<string, StoredArtifact<ArtifactKind>>();

  set(kind: ArtifactKind, target: Target | undefined, artifact: StoredArtifact<ArtifactKind>): void {
    this.#byPlace.set(target ? `${target.name}/${kind}` : kind, artifact);
  }

  get(kind: ArtifactKind, target: Target | undefined): StoredArtifact<ArtifactKind> | undefined {
    return (target && this.#byPlace.get(`${target.name}/${kind}`)) ?? this.#byPlace.get(kind);
  }

  collect(targets: readonly Target[], timings: readonly Timing[]): PartialPipelineResult {
    const values = (prefix: string) =>
      Object.fromEntries(
        [...this.#byPlace].filter(([place]) => place.startsWith(prefix)).map(([place, { value }]) => [place.slice(prefix.length), value]),
      );
    const shared = Object.fromEntries(
      [...this.#byPlace].filter(([place]) => !place.includes('/')).map(([place, { value }]) => [place, value]),
    );
    return {
      ...shared,
      ...(targets[0] && values(`${targets[0].name}/`)),
      targets: Object.fromEntries(targets.map(({ name }) => [name, values(`${name}/`)])),
      timings,
      hashes: Object.fromEntries([...this.#byPlace].map(([place, { hash }]) => [place, hash])),
    };
  }
}

/** The order of stages is fixed; a part that comes too late for what it consumes is a bug of the plugin that added it. */
export const createPipeline = (config: Config, options: PipelineOptions): Pipeline => {
  const folder = resolve(options.folder ?? '.');
  const listener: PipelineListener = options.listener ?? (() => {});
  let hostOnce: Promise<PluginHost> | undefined;
  const { plugins, alias = {} } = options;
  const host = () => (hostOnce ??= resolvePlugins(config.plugins, folder, { alias }).then((own) => setUpPlugins([...plugins, ...own])));

  const runStages = async ({ to = 'codegen', from }: RunOptions, state: RunState, stores: Stores): Promise<PartialPipelineResult> => {
    const { hooks, parts } = state.host;
    const made = new Made();
    const timings: Timing[] = [];

    for (const [index, stage] of stageNames.entries()) {
      if (index > stageNames.indexOf(to)) break;
      await hooks.beforeStage.promise(stage);
      for (const ordered of parts.filter(({ part }) => part.stage === stage)) {
        for (const target of ordered.part.perTarget ? state.targets : [undefined]) {
          const inputs = new Map(
            ordered.part.consumes.map((kind) => {
              const artifact = made.get(kind, target);
              if (!artifact) throw new DiagnosticError([messages.artifactMissing(kind, stage)]);
              return [kind, artifact] as const;
            }),
          );
          const mode = from === undefined ? 'use' : index < stageNames.indexOf(from) ? 'only' : 'anew';
          const { artifact, cached, elapsedMs } = await runPart(state, stores, { ordered, target, inputs, store: mode });
          made.set(ordered.part.produces, target, artifact);
          timings.push({ stage, part: ordered.part.name, ...(target && { target: target.name }), cached, elapsedMs });
        }
      }
      await hooks.afterStage.promise(stage);
    }
    return made.collect(state.targets, timings);
  };

  const run = async (runOptions: RunOptions = {}, conclude: Conclusion = async () => {}): Promise<PartialPipelineResult> => {
    const { signal = new AbortController().signal, wait = false, exclusive = true, checkpointIntervalMs = 30_000 } = runOptions;
    const state = createRunState({ config, host: await host(), folder, dataDir: options.dataDir, signal, listener });
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

  return { run: run as Pipeline['run'], passes: async () => (await host()).parts, host };
};
