// The unit of the pipeline. A pass reads no clock, disk, global or Math.random: all it may use comes in the context.
import type { Diagnostic } from '@nasc/diagnostics';
import type { Config, Limits } from '@nasc/config';
import type { DataWorkers, Dataset } from '@nasc/data';
import type { ArtifactKind } from './artifacts.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { EngineOptions, LatencyPredictor, Target, TrainingEngine } from './kinds/index.ts';
import type { Registry } from './registry.ts';

export interface PassContext {
  readonly config: Config;
  /** Folder of the config: what relative paths in it start from. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Content hash of each artifact that the part consumes: the name of its folder. */
  readonly inputHashes: Readonly<Partial<Record<ArtifactKind, string>>>;
  /** What plugins registered. Everything looked up here becomes part of the artifact's key. */
  readonly registry: Registry;
  /** The target that this run of the stage is for; throws in a stage that does not depend on the target. */
  readonly target: Target;
  /** What the network has to keep that this run of the stage is for; throws in a stage that serves several networks. */
  readonly limits: Limits;
  /** The engine that the config gives this stage, probed. */
  engine(): Promise<{ readonly engine: TrainingEngine; readonly options: EngineOptions }>;
  /** The task's data set, loaded once a run. */
  dataset(): Promise<Dataset>;
  /** Threads that prepare its images; the one that asks when absent. */
  readonly dataWorkers?: DataWorkers;
  latencyPredictor(): LatencyPredictor;
  /** Folder for compiled code and other things that may be lost without harm. */
  readonly cacheFolder: string;
  /** For passes that may take longer than a few seconds. */
  readonly checkpoint: Checkpoint;
  report(diagnostic: Diagnostic): void;
  progress(done: number, total: number, unit: string, message?: string): void;
}

export interface Pass<In, Out> {
  readonly name: string;
  /** Raised when the same input would give another output. */
  readonly version?: number;
  run(input: In, context: PassContext): Out | Promise<Out>;
}

export const definePass = <In, Out>(pass: Pass<In, Out>): Pass<In, Out> => pass;
