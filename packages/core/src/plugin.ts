// A plugin: everything with a proper name comes through one, the built-in parts too.
import type { MacroDefinition, OpDefinition, PatternDefinition } from '@nasc/ir';
import type {
  DatasetDefinition,
  LatencyPredictorDefinition,
  SpaceDefinition,
  StrategyDefinition,
  TargetDefinition,
  TrainingEngine,
} from './kinds/index.ts';
import type { Hooks } from './hooks.ts';
import type { StagePart } from './part.ts';
import type { Pass } from './pass.ts';

export const apiVersion = 1;

export interface Plugin {
  readonly name: string;
  readonly apiVersion: typeof apiVersion;
  readonly version?: string;
  /** `import.meta.url` of the plugin's module: its package's sources are then part of artifact keys. */
  readonly url?: string;
  /** The options it was made with, as far as they influence results. */
  readonly options?: unknown;
  setup(api: PluginApi): void | Promise<void>;
}

/** Where a pass goes: next to passes of one part, by name; at least one of the two. */
export interface PassPlacement {
  readonly before?: string | readonly string[];
  readonly after?: string | readonly string[];
}

export interface PluginApi {
  addOp(op: OpDefinition): void;
  addMacro(macro: MacroDefinition): void;
  addPattern(pattern: PatternDefinition): void;
  addSpace(space: SpaceDefinition): void;
  addDataset(dataset: DatasetDefinition): void;
  addEngine(engine: TrainingEngine): void;
  addTarget(target: TargetDefinition): void;
  addStrategy(strategy: StrategyDefinition): void;
  addLatencyPredictor(predictor: LatencyPredictorDefinition): void;
  /** A part of a stage with its passes; the six stages come in this way. */
  addPart(part: StagePart): void;
  /** Places a pass next to a named one; it receives and returns what flows there. */
  addPass(pass: Pass<never, unknown>, placement: PassPlacement): void;
  replacePass(name: string, pass: Pass<never, unknown>): void;
  removePass(name: string): void;
  readonly hooks: Hooks;
}

export const definePlugin = (plugin: Plugin): Plugin => plugin;
