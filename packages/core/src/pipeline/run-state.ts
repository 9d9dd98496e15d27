// What one run of the pipeline shares between its parts: the data set, the engine, the targets, each made once.
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config, Limits } from '@nasc/config';
import { networksOf, targetLabel, validateOptions } from '@nasc/config';
import type { DataWorkers, Dataset } from '@nasc/data';
import { checkDataset, createDataWorkers, searchPath } from '@nasc/data';
import type { EngineOptions, LatencyPredictor, Target } from '../kinds/index.ts';
import type { StageName } from '../part.ts';
import { createLatencyPredictor } from '../plugins/create-latency-predictor.ts';
import { createTarget } from '../plugins/create-target.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import type { PipelineListener } from '../progress.ts';
import { chooseEngine, wantedEngine } from './choose-engine.ts';
import type { ChosenEngine } from './choose-engine.ts';
import { reportProgress } from './report-progress.ts';

/** What a part is run for: a target, or a network to be found for one. */
export interface Subject {
  /** What it is called in results. */
  readonly name: string;
  readonly target: Target;
}

export interface NetworkSubject extends Subject {
  /** The name of its target. */
  readonly targetName: string;
  readonly limits: Limits;
}

export interface RunState {
  readonly config: Config;
  /** Folder of the config. */
  readonly folder: string;
  readonly host: PluginHost;
  readonly signal: AbortSignal;
  readonly listener: PipelineListener;
  readonly cacheFolder: string;
  readonly targets: readonly Subject[];
  readonly networks: readonly NetworkSubject[];
  /** Loaded once; `stage` is who asks: the first one shows how the loading goes on. */
  dataset(stage: string): Promise<Dataset>;
  /** Of the run: to be disposed of at its end. */
  readonly dataWorkers: DataWorkers;
  /** Of a stage; probed once a run. */
  engine(stage: StageName): Promise<ChosenEngine>;
  latencyPredictor(): LatencyPredictor;
}

export interface RunStateOptions {
  readonly config: Config;
  readonly host: PluginHost;
  readonly folder: string;
  readonly dataDir: string | undefined;
  readonly signal: AbortSignal;
  readonly listener: PipelineListener;
}

/** `"name"` or `{ name, ...options }`, as configs write it. */
const split = (
  named: string | { readonly name: string; readonly [option: string]: unknown },
): { name: string; options: Record<string, unknown> } => {
  if (typeof named === 'string') return { name: named, options: {} };
  const { name, ...options } = named;
  return { name, options };
};

/** Where the config does not say: each decodes in a thread of the process's pool of four, of which the engine needs one. */
const mostDataWorkers = 3;

/** The first call's arguments are those it is made with. */
const once = <Arguments extends readonly unknown[], T>(
  make: (...given: Arguments) => Promise<T>,
): ((...given: Arguments) => Promise<T>) => {
  let made: Promise<T> | undefined;
  return (...given) => (made ??= make(...given));
};

/** A strategy that does not start from shared weights has no warm-up. */
const withNeededWarmUp = (config: Config, { registrations }: PluginHost): Config => {
  const strategy = registrations.get('strategy', split(config.derive.strategy).name);
  return !strategy || strategy.value.requirements.warmUp ? config : { ...config, train: { ...config.train, epochs: 0 } };
};

export const createRunState = ({ config: given, host, folder, dataDir, signal, listener }: RunStateOptions): RunState => {
  const { registrations } = host;
  const config = withNeededWarmUp(given, host);
  const cacheFolder = join(resolve(folder, config.cacheDir), 'cache');
  const engineOptions: EngineOptions = { threads: config.threads ?? cpus().length, cacheFolder };

  const targets = config.targets.map((named, index): Subject => {
    const { name, options } = split(named);
    const { as: _label, ...own } = options;
    return { name: targetLabel(named), target: createTarget(registrations, { name, options: own }, `/targets/${index}`, { folder }) };
  });
  const networks = networksOf(config).map(({ name, target: targetName, limits }): NetworkSubject => {
    const { target } = targets.find((subject) => subject.name === targetName)!;
    return { name, target, targetName, limits };
  });

  const engines = new Map<string, Promise<ChosenEngine>>();
  const engine = (stage: StageName): Promise<ChosenEngine> => {
    const wanted = wantedEngine(config, stage);
    const chosen = engines.get(wanted.name) ?? chooseEngine(registrations, wanted, engineOptions);
    engines.set(wanted.name, chosen);
    return chosen;
  };

  const { memoryMiB, diskMiB, folder: imageFolder } = config.dataCache;
  const imageCache = imageFolder === undefined ? join(cacheFolder, 'images') : resolve(folder, imageFolder);
  const dataWorkers = createDataWorkers({
    count: config.dataWorkers ?? Math.min(availableParallelism(), mostDataWorkers),
    cache: { memoryBytes: memoryMiB * 2 ** 20, diskBytes: diskMiB * 2 ** 20, folder: imageCache },
  });

  return {
    config,
    folder,
    host,
    signal,
    listener,
    cacheFolder,
    targets,
    networks,
    dataset: once(async (stage: string) => {
      const { name, options } = split(config.task.dataset);
      const definition = registrations.require('dataset', name, '/task/dataset').value;
      const dataset = await definition.load(validateOptions(definition.optionsSchema, options, '/task/dataset'), {
        searchPath: searchPath({ ...(dataDir && { dataDir }), env: process.env }),
        cacheFolder: imageCache,
        workers: dataWorkers,
        signal,
        progress: reportProgress(listener, { stage, pass: 'dataset' }),
      });
      return checkDataset(dataset, name);
    }),
    dataWorkers,
    engine,
    latencyPredictor: () => createLatencyPredictor(registrations, split(config.annotate.predictor), '/annotate/predictor'),
  };
};

export const datasetName = (config: Config): string => split(config.task.dataset).name;
