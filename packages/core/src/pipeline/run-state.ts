// What one run of the pipeline shares between its parts: the data set, the engine, the targets, each made once.
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config } from '@nasc/config';
import { validateOptions } from '@nasc/config';
import type { Dataset } from '@nasc/data';
import { searchPath } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Availability, EngineOptions, LatencyPredictor, Target, TrainingEngine } from '../kinds/index.ts';
import { messages } from '../messages.ts';
import { createTarget } from '../plugins/create-target.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import type { PipelineListener } from '../progress.ts';
import { reportProgress } from './report-progress.ts';

export interface ChosenEngine {
  readonly engine: TrainingEngine;
  readonly options: EngineOptions;
  readonly identity: string;
}

export interface RunState {
  readonly config: Config;
  /** Folder of the config. */
  readonly folder: string;
  readonly host: PluginHost;
  readonly signal: AbortSignal;
  readonly listener: PipelineListener;
  readonly cacheFolder: string;
  readonly targets: readonly Target[];
  /** Loaded once; `stage` is who asks: the first one shows how the loading goes on. */
  dataset(stage: string): Promise<Dataset>;
  engine(): Promise<ChosenEngine>;
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

/** The first call's arguments are those it is made with. */
const once = <Arguments extends readonly unknown[], T>(
  make: (...given: Arguments) => Promise<T>,
): ((...given: Arguments) => Promise<T>) => {
  let made: Promise<T> | undefined;
  return (...given) => (made ??= make(...given));
};

export const createRunState = ({ config, host, folder, dataDir, signal, listener }: RunStateOptions): RunState => {
  const { registrations } = host;
  const cacheFolder = join(resolve(folder, config.cacheDir), 'cache');
  const engineOptions: EngineOptions = { threads: config.threads ?? cpus().length, cacheFolder };

  const targets = config.targets.map((named, index) => createTarget(registrations, split(named), `/targets/${index}`));

  const chooseEngine = async (): Promise<ChosenEngine> => {
    const usable = (engine: TrainingEngine, found: Availability): ChosenEngine => ({
      engine,
      options: engineOptions,
      identity: found.identity ?? engine.name,
    });
    if (config.engine !== 'auto') {
      const engine = registrations.require('engine', config.engine, '/engine').value;
      const found = await engine.probe(engineOptions);
      if (!found.available) throw new DiagnosticError([messages.engineUnavailable(engine.name, found.detail)]);
      return usable(engine, found);
    }
    const details: string[] = [];
    for (const { value: engine } of registrations.all('engine')) {
      const found = await engine.probe(engineOptions);
      if (found.available) return usable(engine, found);
      details.push(`${engine.name}: ${found.detail}`);
    }
    throw new DiagnosticError([messages.noEngine(details)]);
  };

  return {
    config,
    folder,
    host,
    signal,
    listener,
    cacheFolder,
    targets,
    dataset: once(async (stage: string) => {
      const { name, options } = split(config.task.dataset);
      const definition = registrations.require('dataset', name, '/task/dataset').value;
      return definition.load(validateOptions(definition.optionsSchema, options, '/task/dataset'), {
        searchPath: searchPath({ ...(dataDir && { dataDir }), env: process.env }),
        signal,
        progress: reportProgress(listener, { stage, pass: 'dataset' }),
      });
    }),
    engine: once(chooseEngine),
    latencyPredictor: () => registrations.require('latencyPredictor', config.annotate.predictor, '/annotate/predictor').value,
  };
};

export const datasetName = (config: Config): string => split(config.task.dataset).name;
