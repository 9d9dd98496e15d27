// Plugin kind `engine`: trains a graph. The interface is that of a single-path supernet; an ordinary network is the
// case without choices.
import { parameterId } from '@nasc/ir';
import type { Graph, OpLookup, PatternLookup, TensorTable } from '@nasc/ir';

export interface Availability {
  readonly available: boolean;
  /** What it runs on, or what is missing: printed by `nasc doctor`. */
  readonly detail: string;
  /** Enters artifact keys wherever numbers depend on it: engine name, build hash, vector width. Absent if unavailable. */
  readonly identity?: string;
  /** The GPU that it computes on; absent where it computes on the processor. */
  readonly gpu?: string;
}

export interface EngineOptions {
  /** Compute threads; never changes a result. */
  readonly threads: number;
  /** Where compiled code is cached. */
  readonly cacheFolder: string;
}

/** What the set-up of an engine may use and tell. */
export interface SetupContext extends EngineOptions {
  readonly signal: AbortSignal;
  progress(done: number, total: number, unit: string, message?: string): void;
}

export interface TrainingEngine {
  readonly name: string;
  readonly description: string;
  /** When `engine: auto` may pick it: wherever it works, or only where it found a GPU (and then before the others). */
  readonly automatic: 'whenAvailable' | 'withGpu';
  probe(options: EngineOptions): Promise<Availability>;
  /** Makes it usable on this machine (`nasc setup NAME`) and says what was done. Absent where nothing has to be set up. */
  setup?(context: SetupContext): Promise<string>;
  compile(graph: Graph, options: CompileOptions): Promise<Program>;
  /** Takes about a second, and longer where code has to be compiled first. Absent where the machine's peak is not known. */
  measure?(options: SpeedOptions): Promise<EngineSpeed>;
}

export interface SpeedOptions extends EngineOptions {
  /** Definitions of the ops that occur in the graph. */
  readonly ops: OpLookup;
  /** Fused kernels that the engine may use where they fit. */
  readonly patterns: PatternLookup;
  readonly signal?: AbortSignal;
}

/** In 10^9 floating-point operations a second; a multiply-add is two. */
export interface EngineSpeed {
  /** Of a training step whose time is arithmetic. */
  readonly gigaflops: number;
  /** The most that the processor does on the engine's threads, and on one. */
  readonly peak: number;
  readonly peakOfOneThread: number;
}

export interface CompileOptions extends SpeedOptions {
  /** How many candidates of each choice run in one step: 1 for a sampled path, 2 for `two`, 'all' for DARTS. */
  readonly activePaths: 1 | 2 | 'all';
  /** Largest number of images in a step; smaller batches are allowed. */
  readonly batchSize: number;
}

/** Which candidates run at each choice, in the order of `choicesOf(graph)`, and with what weight. */
export type Mixture = readonly { readonly indices: readonly number[]; readonly weights: readonly number[] }[];

/** The mixture of a single path. */
export const singlePath = (indices: readonly number[]): Mixture => indices.map((index) => ({ indices: [index], weights: [1] }));

/**
 * Soft targets of a larger network (Hinton, Vinyals and Dean, 2015). Of weight w and temperature T, they make the loss
 * (1 - w) CE(targets, softmax(x)) + w T^2 CE(softmax(logits / T), softmax(x / T)); T^2 keeps the size of the gradient when T changes.
 */
export interface TeacherSignal {
  /** [N, classes] */
  readonly logits: Float32Array;
  /** 0 to 1. */
  readonly weight: number;
  /** Greater than 0. */
  readonly temperature: number;
}

export interface TrainingBatch {
  /** Images in the batch, N, at most the program's `batchSize`. */
  readonly count: number;
  /** [N, H, W, C] */
  readonly images: Float32Array;
  /** Target distribution, [N, classes]: one-hot, smoothed or mixed. */
  readonly targets: Float32Array;
  readonly teacher?: TeacherSignal;
}

/**
 * `batch`: statistics of this batch, running ones untouched (architecture steps);
 * `update`: statistics of this batch, running ones updated (weight steps);
 * `running`: stored statistics.
 */
export type BatchNormMode = 'batch' | 'update' | 'running';

export interface StepOptions {
  readonly gradients: 'weights' | 'mixture' | 'both';
  readonly batchNorm: BatchNormMode;
  /** Key of the step's random numbers (dropout), from (seed, epoch, step). */
  readonly randomKey: readonly [number, number];
}

export interface StepResult {
  /** Mean cross-entropy over the batch, with the teacher's part of it, nats. */
  readonly loss: number;
  /** Images whose largest logit is at their largest target. */
  readonly correct: number;
  /** dL/d(weight) of every mixture entry, when asked for; same shape as the mixture. */
  readonly mixtureGradients?: readonly (readonly number[])[];
}

export interface SgdOptions {
  readonly kind: 'sgd';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** L2 added to the gradient. */
  readonly weightDecay: number;
  /** Roles that decay applies to; the published search decays everything. */
  readonly decayRoles: readonly ('weight' | 'bias' | 'scale')[];
  /**
   * Decay d of a moving average of what the update moves: average = d average + (1 - d) w, w being the updated weights. It
   * begins as the weights before the first update that asks for one. Absent: it rests.
   */
  readonly averageDecay?: number;
}

export type GateMode = 'two' | 'full' | 'full_v2';

export interface GateGradients {
  readonly loss: number;
  readonly correct: number;
  /**
   * dL/dg_k of every candidate of every choice, g multiplying the candidate's output before any shortcut is added; NaN
   * for candidates that did not run (mode `two`). For Zero it is 0, and where Zero is active the others still get theirs.
   */
  readonly gradients: readonly Float64Array[];
}

/** Node id -> mean and variance [C] of a batch normalisation. */
export type BatchNormStatistics = ReadonlyMap<string, { readonly mean: Float32Array; readonly variance: Float32Array }>;

/** Given statistics in the form of the parameters that hold running ones. */
export const statisticsTable = (statistics: BatchNormStatistics): TensorTable =>
  new Map(
    [...statistics].flatMap(([node, { mean, variance }]) => [
      [parameterId(node, 'runningMean'), { shape: [mean.length], data: mean }],
      [parameterId(node, 'runningVariance'), { shape: [variance.length], data: variance }],
    ]),
  );

export interface Scores {
  readonly count: number;
  readonly correct: number;
  /** Summed, not mean, cross-entropy against the targets, nats. */
  readonly lossSum: number;
  /** [N, classes] */
  readonly logits: Float32Array;
}

/** Parameters (running statistics among them) and the optimizer's slots, keyed by parameter id: exact bytes. */
export interface ProgramState {
  readonly parameters: TensorTable;
  readonly momentum: TensorTable;
  /** Moving average of what is trained; absent where no update has asked for one. */
  readonly average?: TensorTable;
}

/** Asynchronous, one call at a time. */
export interface Program {
  /** Bytes of activations and temporaries planned for the largest step; absent where the engine leaves memory to a library. */
  readonly arenaBytes?: number;
  /** All that it holds at most: weights, gradients, momentum, images and the arena; absent likewise. */
  readonly memoryBytes?: number;
  /** Adds to the gradients that `applyUpdate` will use. */
  forwardBackward(batch: TrainingBatch, mixture: Mixture, options: StepOptions): Promise<StepResult>;
  /** Updates only the weights that took part since the last update (the momentum of the others rests), and clears gradients. */
  applyUpdate(optimizer: SgdOptions): Promise<void>;
  /** `forwardBackward` then `applyUpdate` in one call, with the same bits. */
  trainStep(batch: TrainingBatch, mixture: Mixture, options: Omit<StepOptions, 'gradients'>, optimizer: SgdOptions): Promise<StepResult>;
  /** Gate gradients for the sampled path; `sample` lists one active candidate a choice, and for `two` the other one. */
  candidateGradients(batch: TrainingBatch, sample: GateSample, options: Pick<StepOptions, 'randomKey'>): Promise<GateGradients>;
  /** Mean and variance over whole batches for one path, without touching running statistics. */
  recalibrate(mixture: Mixture, batches: Iterable<TrainingBatch> | AsyncIterable<TrainingBatch>): Promise<BatchNormStatistics>;
  evaluate(batch: TrainingBatch, mixture: Mixture, statistics: 'batch' | 'running' | BatchNormStatistics): Promise<Scores>;
  readGradients(): Promise<TensorTable>;
  readState(): Promise<ProgramState>;
  /** Replaces the parameters that are given; momentum that is not given becomes zero, an average that is not given begins anew. */
  writeState(state: Pick<ProgramState, 'parameters'> & Partial<ProgramState>): Promise<void>;
  dispose(): Promise<void>;
}

export interface GateSample {
  readonly mode: GateMode;
  /** One active candidate per choice. */
  readonly active: readonly number[];
  /** The second sampled candidate per choice, in mode `two`. */
  readonly other?: readonly number[];
}
