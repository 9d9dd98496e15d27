// The library `nasc`: what a config or a program imports. Plugins are written with `nasc/plugin`.
export { createPipeline } from './library/create-pipeline.ts';
export type { CreatePipelineOptions, NascPipeline, NascResult, PartialNascResult } from './library/create-pipeline.ts';
export { loadConfig } from './library/load-config.ts';

export { defineConfig, validateConfig } from '@nasc/config';
export type { Config, LoadedConfig, LoadOptions, Space, UserConfig, UserSpace } from '@nasc/config';
export type {
  ArtifactKind,
  Artifacts,
  PipelineEvents,
  PipelineListener,
  PipelineResult,
  ProgressEvent,
  RunOptions,
  StageName,
} from '@nasc/core';
export { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
export type { Diagnostic, Severity } from '@nasc/diagnostics';
export type { Report } from '@nasc/report';
