// `nasc/plugin`: all that a plugin is written with. The built-in plugins are made of the same functions.
// docs/plugins.md shows them at work. `declare module 'nasc/plugin'` adds a way of lowering, or an artifact kind.

// The plugin, its passes, and what it may add.
export { definePart, definePass, definePlugin } from '@nasc/core';
export type {
  Accuracy,
  Architecture,
  ArtifactKind,
  Artifacts,
  Availability,
  BatchSource,
  BlockKey,
  Checkpoint,
  CompileOptions,
  ConsumedArtifacts,
  CostModel,
  CostTable,
  CoverageRow,
  DatasetContext,
  DatasetDefinition,
  DeployableNetwork,
  DerivedNetwork,
  DeviceConditions,
  DeviceDescription,
  EmittedFiles,
  EngineOptions,
  EngineSpeed,
  Executable,
  FoldedNetwork,
  GeneratedFiles,
  Hooks,
  LatencyModel,
  LatencyPredictor,
  LatencyPredictorDefinition,
  LatencyValue,
  MeasureContext,
  MemoryReport,
  Mixture,
  NetworkLatency,
  NetworkTime,
  NetworkTimer,
  OnnxModel,
  Pass,
  PassContext,
  PassPlacement,
  Plugin,
  PluginApi,
  PredictedSpace,
  PredictorNeeds,
  PredictorRequest,
  Profile,
  ProfiledBlock,
  ProfiledNetwork,
  ProfiledSpace,
  Program,
  Registry,
  SearchContext,
  SearchHistory,
  SearchResult,
  SearchSpaceArtifact,
  SpaceDefinition,
  SpeedOptions,
  StageName,
  StagePart,
  StrategyDefinition,
  Supernet,
  Target,
  TargetCapabilities,
  TargetContext,
  TargetDefinition,
  TaskDescription,
  TrainingBatch,
  TrainingEngine,
} from '@nasc/core';
export { memoryCheckpoint, noCheckpoint, singlePath } from '@nasc/core';
export type { KeptStates, MemoryCheckpointOptions } from '@nasc/core';

// What goes wrong, told to the user.
export { DiagnosticError, errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
export type { Diagnostic } from '@nasc/diagnostics';

// The graph, its ops, macros and patterns.
export {
  choicesOf,
  defineMacro,
  defineOp,
  definePattern,
  elementCount,
  float32,
  inferenceError,
  initialiseParameters,
  isChoice,
  parameterId,
  viewOf,
} from '@nasc/ir';
export type {
  Attributes,
  ChoiceNode,
  Graph,
  GraphBuilder,
  Lowerings,
  MacroDefinition,
  NetworkGraph,
  NodeId,
  OpDefinition,
  OpExample,
  OpNode,
  OpView,
  ParameterSpec,
  PatternDefinition,
  PatternLowerings,
  SearchSpaceGraph,
  Tensor,
  TensorTable,
  TensorType,
} from '@nasc/ir';
export { channelsOf, defineElementwise, imageShape, rowsOf } from '@nasc/ops';
export type { ElementwiseOp } from '@nasc/ops';

// Lowerings of an op: C, ONNX, TensorFlow.js.
export { cLowering, operand } from '@nasc/c-emit';
export type { BatchedView, CLowering, KernelCall, Operand } from '@nasc/c-emit';
export { floatOf, integerOf, integersOf, onlyNode, onnxLowering, toNchwOrder } from '@nasc/onnx';
export type { OnnxEmitter, OnnxLowering, OnnxNode, OnnxNodes, ReadOp } from '@nasc/onnx';
export { keptMask, tfjsLowering } from '@nasc/tfjs';
export type { Tfjs, TfjsCall, TfjsLowering } from '@nasc/tfjs';

// Targets: C programs, ONNX files, measuring.
export {
  LineProcess,
  cIdentifier,
  compile,
  emitProgram,
  findCompiler,
  floatList,
  kernelSources,
  planProgram,
  prelude,
  runProgram,
  whyNotPlain,
  writeCall,
} from '@nasc/c-emit';
export type { CProgram, EmitOptions, MemoryPlan, ProgramCall, ProgramOperand } from '@nasc/c-emit';
export { compareOutputs, createOnnxSession, describeTask, emitModel, hasOnnxLowering, opsets, readOnnx, writeOnnx } from '@nasc/onnx';
export type { ModelFilesOptions, OnnxMetadata, OnnxNetwork, OnnxOptions, OnnxSession } from '@nasc/onnx';
export {
  blockKeys,
  describeDevice,
  hostDevice,
  hostProcessor,
  measure,
  median,
  medianAbsoluteDeviation,
  networkLatency,
} from '@nasc/measure';
export type { KeyOfNode, MeasureOptions, Measurement } from '@nasc/measure';
export { blockNetworks, deployedGraph, removeUnused, splitSpace } from '@nasc/transforms';
export type { SpaceBlock, WeightedNetwork } from '@nasc/transforms';

// Latency predictors: what a profile says of a space.
export {
  blockTable,
  completeTable,
  describeSpace,
  findSpace,
  latencyMissing,
  missingKeys,
  nothingKey,
  normalised,
  unitKey,
} from '@nasc/profile';
export type { BlockTable, CompleteTable, TableEntry } from '@nasc/profile';

// Search strategies: costs, gates, losses, the loop.
export {
  adamStep,
  alphaGradient,
  createObjective,
  expectedCost,
  expectedCostGradient,
  logSoftmax,
  objectiveProperties,
  pathCost,
  publishedAdam,
  sampleGates,
  samplePath,
  scheduleProperties,
  searchLoop,
  seedProperty,
  softmax,
  weightProperties,
} from '@nasc/search';
export type { ArchitectureOutcome, ArchitectureStep, LoopOptions, LoopStrategy, Objective, ObjectiveOptions } from '@nasc/search';

// Data sets.
export { inMemorySplit } from '@nasc/data';
export type { Augmentation, Dataset, ImageShape, Normalisation, Split } from '@nasc/data';

// The project's random numbers: by key, never by order.
export { Random } from '@nasc/random';
export type { RandomKey } from '@nasc/random';
