// What plugins registered, by kind and name.
import type { MacroLookup, OpLookup, PatternLookup } from '@nasc/ir';
import type {
  DatasetDefinition,
  LatencyPredictorDefinition,
  SpaceDefinition,
  StrategyDefinition,
  TargetDefinition,
  TrainingEngine,
} from './kinds/index.ts';

/** Lookup of one kind; `require` fails with a did-you-mean. */
export interface Lookup<T> {
  get(name: string): T | undefined;
  require(name: string, at?: string): T;
  names(): readonly string[];
}

export interface Registry {
  readonly ops: OpLookup & { require(name: string, at?: string): import('@nasc/ir').OpDefinition };
  readonly macros: MacroLookup & { require(name: string, at?: string): import('@nasc/ir').MacroDefinition };
  readonly patterns: PatternLookup;
  readonly spaces: Lookup<SpaceDefinition>;
  readonly datasets: Lookup<DatasetDefinition>;
  readonly engines: Lookup<TrainingEngine>;
  readonly targets: Lookup<TargetDefinition>;
  readonly strategies: Lookup<StrategyDefinition>;
  readonly latencyPredictors: Lookup<LatencyPredictorDefinition>;
}
