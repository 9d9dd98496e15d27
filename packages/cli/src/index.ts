// The library `nasc`: what a config, a program or a plugin imports.
export { createPipeline } from './library/create-pipeline.ts';
export type { CreatePipelineOptions, NascPipeline, NascResult, PartialNascResult } from './library/create-pipeline.ts';

export { defineConfig, loadConfig, validateConfig } from '@nasc/config';
export type { Config, LoadedConfig, LoadOptions, Space, UserConfig, UserSpace } from '@nasc/config';
export { DiagnosticError, errorDiagnostic, formatDiagnostics, warningDiagnostic } from '@nasc/diagnostics';
export type { Diagnostic, Severity } from '@nasc/diagnostics';
export type { Report } from '@nasc/report';

// Writing plugins.
export { defineMacro, defineOp, definePattern } from '@nasc/ir';
export type { GraphBuilder, MacroDefinition, OpDefinition, PatternDefinition } from '@nasc/ir';
export { definePart, definePass, definePlugin } from '@nasc/core';
export type {
  ArtifactKind,
  Artifacts,
  DatasetDefinition,
  Hooks,
  LatencyPredictor,
  Pass,
  PassContext,
  PassPlacement,
  PipelineEvents,
  PipelineListener,
  PipelineResult,
  Plugin,
  PluginApi,
  ProgressEvent,
  Registry,
  RunOptions,
  SpaceDefinition,
  StageName,
  StagePart,
  StrategyDefinition,
  Target,
  TargetDefinition,
  TrainingEngine,
} from '@nasc/core';
