// The library's front door: core's pipeline with the built-in plugins, writing the final files and the report.
import { join, resolve } from 'node:path';
import { validateConfig } from '@nasc/config';
import type { Config, UserConfig } from '@nasc/config';
import { stageNames } from '@nasc/core';
import type {
  EstimatedPart,
  EstimateOptions,
  PartialPipelineResult,
  Pipeline,
  PipelineListener,
  PipelineResult,
  RunOptions,
} from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import type { Report } from '@nasc/report';
import { loadBuiltinPlugins } from './builtin-plugins.ts';
import { checkNames } from './check-names.ts';
import { ownModules } from './own-modules.ts';
import { locateInConfig, locatingErrors } from './locate-diagnostics.ts';
import type { Locate } from './locate-diagnostics.ts';

export interface CreatePipelineOptions {
  /** Folder that the config's relative paths start from; the current one when absent. */
  readonly folder?: string;
  /** JSON pointer into the config -> where it was written, for diagnostics (`loadConfig` gives it); `config#POINTER` when absent. */
  readonly locate?: Locate;
  /** First folder of the data search path. */
  readonly dataDir?: string;
  /** Set up after the built-in plugins and before the config's. */
  readonly plugins?: readonly unknown[];
  /** Told of starts and ends of stages, progress, and diagnostics that stop nothing. */
  readonly listener?: PipelineListener;
}

export interface NascResult extends PipelineResult {
  /** What was written to `report.json`. */
  readonly report: Report;
  /** The output folder, absolute. */
  readonly outDir: string;
}

/** Of a run that may have stopped before the last stage; report and output folder are there if it did not. */
export type PartialNascResult = PartialPipelineResult & Partial<Pick<NascResult, 'report' | 'outDir'>>;

export interface NascPipeline {
  /** All six stages; writes `outDir`. */
  run(options?: RunOptions & { readonly to?: undefined; readonly make?: undefined }): Promise<NascResult>;
  /** Up to a stage; what was made is in the store, and `outDir` is left alone unless the last stage was reached. */
  run(options: RunOptions): Promise<PartialNascResult>;
  /** What a run would take on this machine: works on every part for `measureMs`, and projects the rest. Nothing is stored. */
  estimate(options: Omit<EstimateOptions, 'standIns'>): Promise<readonly EstimatedPart[]>;
  /** Stages, parts and passes in final order, each with its plugin. */
  passes(): ReturnType<Pipeline['passes']>;
}

const isWhole = (result: PartialPipelineResult): result is PipelineResult =>
  Object.values(result.networks).length > 0 && Object.values(result.networks).every(({ files }) => files !== undefined);

/**
 * Checks the config (a DiagnosticError holds every problem) and makes a pipeline. Nothing runs before `run`.
 *
 *     const { derived, onnx, files } = await createPipeline(config).run();
 */
export const createPipeline = (userConfig: UserConfig | Config, options: CreatePipelineOptions = {}): NascPipeline => {
  const locate = options.locate ?? ((pointer: string) => `config#${pointer}`);
  const folder = resolve(options.folder ?? '.');
  const config = validateConfig(userConfig, 'config', folder);
  const { listener: tell = () => {} } = options;
  const listener: PipelineListener = (name, event) =>
    name === 'diagnostic' ? tell('diagnostic', locateInConfig(event as Diagnostic, config, locate)) : tell(name, event);
  let core: Promise<Pipeline> | undefined;
  const pipeline = () =>
    (core ??= (async () => {
      const { createPipeline: createCorePipeline } = await import('@nasc/core');
      const plugins = [...(await loadBuiltinPlugins()), ...(options.plugins ?? [])];
      return createCorePipeline(config, {
        plugins,
        folder,
        alias: ownModules,
        listener,
        ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
      });
    })());

  const finish = async (result: PipelineResult, signal: AbortSignal): Promise<NascResult> => {
    const { buildReport } = await import('@nasc/report');
    const { timeOnnxFiles } = await import('./time-onnx-files.ts');
    const { writeOutputs } = await import('./write-outputs.ts');
    const { networks } = result;
    const started = performance.now();
    const onnxRuntime = await timeOnnxFiles(networks, {
      cacheFolder: join(resolve(folder, config.cacheDir), 'cache'),
      seed: config.seed,
      signal,
      progress: (target, done, total) =>
        listener('progress', {
          stage: 'report',
          pass: 'timeOnnxFiles',
          target,
          done,
          total,
          unit: 'samples',
          elapsedMs: performance.now() - started,
          remainingMs: undefined,
        }),
    });
    const report = buildReport(result, { seed: config.seed, onnxRuntime });
    const outDir = resolve(folder, config.outDir);
    await writeOutputs(outDir, networks, report, { signal, report: (diagnostic) => listener('diagnostic', diagnostic) });
    return { ...result, report, outDir };
  };

  const checkedPipeline = async (): Promise<Pipeline> => {
    const made = await pipeline();
    checkNames(config, await made.host(), await loadBuiltinPlugins());
    return made;
  };
  const run = (runOptions: RunOptions = {}): Promise<PartialNascResult> =>
    locatingErrors(config, locate, async () => {
      const made = await checkedPipeline();
      const { signal = new AbortController().signal, to = 'codegen' } = runOptions;
      if (stageNames.indexOf(to) >= stageNames.indexOf('derive')) (await import('@nasc/derive')).checkWeightsFile(config, folder);
      let whole: NascResult | undefined;
      const result = await made.run(runOptions, async (all) => {
        if (isWhole(all)) whole = await finish(all, signal);
      });
      return whole ?? result;
    });
  return {
    run: run as NascPipeline['run'],
    estimate: (estimateOptions) =>
      locatingErrors(config, locate, async () => {
        const { standIns } = await import('./stand-ins.ts');
        return (await checkedPipeline()).estimate({ ...estimateOptions, standIns });
      }),
    passes: () => locatingErrors(config, locate, async () => (await pipeline()).passes()),
  };
};
