// Plugin kind `target`: what the network is searched for and compiled to.
import type { NetworkGraph, OpNode, PatternDefinition, SearchSpaceGraph, TensorTable } from '@nasc/ir';
import type { Checkpoint } from '../checkpoint.ts';
import type { Pass, PassContext } from '../pass.ts';
import type { Registry } from '../registry.ts';
import type { DeviceConditions, Profile } from './profile.ts';

export interface LatencyValue {
  readonly ms: number;
  readonly source: 'measured' | 'table' | 'model';
  readonly samples: number;
  /** Median absolute deviation of the samples, ms. */
  readonly spread: number;
  readonly deviceId: string;
}

export interface DeviceDescription {
  /** Changes whenever something that changes speed does: processor, threads, vector width, runtime version. */
  readonly id: string;
  readonly description: string;
}

/** A choice by its index, or something fixed by its unit. */
export type BlockKey = number | string;

/** One network, timed. */
export interface NetworkTime {
  /** Median latency of one image, ms. */
  readonly ms: number;
  /** The same by block, as far as blocks compute something. */
  readonly blocks?: ReadonlyMap<BlockKey, number>;
}

/** Times networks of one space on the device, one at a time; it owns processes until it is disposed of. */
export interface NetworkTimer {
  /** How it times, for the profile: runs, functions, what is subtracted. */
  readonly protocol: Readonly<Record<string, number | string>>;
  /** Whether `time` sees the blocks inside a network. */
  readonly seesBlocks: boolean;
  /** Starts anew whatever may carry its luck from one measurement to the next (a process, the place of its memory): called before every group of networks. */
  restart(): Promise<void>;
  /** The network with candidate `choices[i]` at the i-th choice, as it is deployed, warmed up; with its blocks where they are wanted and seen. */
  time(choices: readonly number[], wanted: { readonly blocks: boolean }): Promise<NetworkTime>;
  /**
   * The same, a run of the network and a run of the reference network in turn: for devices that change from one to the other within a moment, so
   * that no change of their clock comes between the two. `ms` counts at the speed of `referenceMs`.
   */
  timePaired?(
    choices: readonly number[],
    reference: readonly number[],
    wanted: { readonly blocks: boolean },
  ): Promise<NetworkTime & { readonly referenceMs: number }>;
  /** Median ms of one block by itself: the quick way. `candidate` is 0 for what is fixed. Absent where blocks cannot run alone. */
  timeAlone?(block: BlockKey, candidate: number): Promise<number>;
  /** What the device is like at this moment, where it is not this machine. */
  conditions?(): Promise<DeviceConditions>;
  dispose(): Promise<void>;
}

export interface NetworkLatency extends LatencyValue {
  /** Raw samples, ms. */
  readonly raw: readonly number[];
}

export interface MemoryReport {
  readonly arenaBytes: number;
  /** Largest sum of tensors alive at once: no plan needs less. */
  readonly lowerBoundBytes: number;
  readonly weightBytes: number;
}

/** What the target covers how: which node uses a special kernel, which the plain one, which none and why. */
export interface CoverageRow {
  readonly node: string;
  readonly kernel: string;
  readonly kind: 'special' | 'plain' | 'unsupported';
  readonly reason?: string;
}

/** A network ready to be emitted: folded, with its weights. */
export interface DeployableNetwork {
  readonly name: string;
  readonly graph: NetworkGraph;
  readonly weights: TensorTable;
  readonly classes: readonly string[];
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/** A network without its weights: enough to plan what it needs. */
export type PlannableNetwork = Omit<DeployableNetwork, 'weights'>;

/** What one unit of a network needs. */
export interface BlockFootprint {
  /** All that has to be in memory at once while the unit runs, what other units left there included; no plan needs less. */
  readonly memoryBytes: number;
  /** Its weights as they are stored. */
  readonly weightBytes: number;
}

/** What a network needs on the device, as planned without running it. */
export interface Footprint {
  /** Memory of activations and scratch, as `emit` plans it. */
  readonly arenaBytes: number;
  /** Weights as they are stored. */
  readonly weightBytes: number;
  /** Compiled code with its tables, without weights; undefined where it was not asked for, or cannot be told on this machine. */
  readonly codeBytes: number | undefined;
  /** By unit. */
  readonly blocks: Readonly<Record<string, BlockFootprint>>;
}

export interface EmittedFiles {
  /** Relative path -> content. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly memory?: MemoryReport;
  readonly coverage: readonly CoverageRow[];
}

/** Something built from emitted files that can be run and timed; it owns processes or folders until disposed. */
export interface Executable {
  readonly description: string;
  /** Logits [N, classes] for images [N, H, W, C] that are already normalised. Absent where a network can be timed, but not be asked. */
  run?(images: Float32Array, count: number): Promise<Float32Array>;
  measure(context: MeasureContext): Promise<NetworkLatency>;
  dispose(): Promise<void>;
}

export interface MeasureContext {
  readonly signal: AbortSignal;
  readonly seed: number;
  /** Folder for compiled files; emptied by nobody, keyed by content. */
  readonly cacheFolder: string;
  /** Ops and patterns with their lowerings: what a target needs to turn a graph into code or a file. */
  readonly registry: Pick<Registry, 'ops' | 'patterns'>;
  /** Where finished measurements survive an interruption. */
  readonly checkpoint: Checkpoint;
  progress(done: number, total: number, message?: string): void;
}

export interface TargetContext {
  /** Where relative paths among the options begin: the folder of the config. */
  readonly folder: string;
}

/** Options are validated against `optionsSchema` before `create` sees them. */
export interface TargetDefinition {
  readonly name: string;
  readonly description: string;
  readonly optionsSchema: Readonly<Record<string, unknown>>;
  create(options: Readonly<Record<string, unknown>>, context: TargetContext): Target;
}

export interface TargetCapabilities {
  readonly dtypes: readonly string[];
  readonly opset?: number;
}

export interface Target {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly capabilities: TargetCapabilities;
  /** The device that latencies are of: that of its timer, or of its profile; part of the key of everything that follows from them. */
  device(): Promise<DeviceDescription>;
  /** True, or why not. */
  supports(node: OpNode, registry: Pick<Registry, 'ops' | 'patterns'>): true | string;
  /** Graph-to-graph passes that make a network fit; run after folding. */
  readonly legalize: readonly Pass<NetworkGraph, NetworkGraph>[];
  /** Fused kernels of this target, tried in order before an op's own lowering. */
  readonly kernels: readonly PatternDefinition[];
  emit(network: DeployableNetwork, onnx: Uint8Array | undefined, context: PassContext): Promise<EmittedFiles>;
  /**
   * What a legalised network will need, by the same functions that `emit` uses. `code`: whether the size of the compiled code is wanted,
   * which takes a compilation. Absent for targets that do not plan memory.
   */
  footprint?(network: PlannableNetwork, context: MeasureContext, wanted: { readonly code: boolean }): Promise<Footprint>;
  /** Compiles and loads what was emitted. Absent for targets that this machine cannot run. */
  build?(emitted: EmittedFiles, network: DeployableNetwork, context: MeasureContext): Promise<Executable>;
  /** Times networks of a space. Absent for targets that this machine cannot run. */
  timer?(space: SearchSpaceGraph, context: MeasureContext): Promise<NetworkTimer>;
  /** Of a device that is known without measuring: nothing of it is ever measured. */
  readonly profile?: Profile;
}
