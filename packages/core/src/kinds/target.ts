// Plugin kind `target`: what the network is searched for and compiled to.
import type { NetworkGraph, OpNode, PatternDefinition, SearchSpaceGraph, TensorTable } from '@nasc/ir';
import type { Checkpoint } from '../checkpoint.ts';
import type { Pass, PassContext } from '../pass.ts';
import type { Registry } from '../registry.ts';

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

/** Latencies of a whole space: what `annotate` stores. */
export interface BlockLatencies {
  readonly device: DeviceDescription;
  /** Per choice, in the order of `choicesOf(space)`, one value per candidate. */
  readonly choices: readonly (readonly LatencyValue[])[];
  /** Everything outside the choices (stem, fixed blocks, head), by unit (`unitsOf`). */
  readonly fixed: Readonly<Record<string, LatencyValue>>;
  /** How the values were obtained, for the report: networks sampled, runs a network, timer cost subtracted. */
  readonly protocol: Readonly<Record<string, number | string>>;
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

export interface EmittedFiles {
  /** Relative path -> content. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly memory?: MemoryReport;
  readonly coverage: readonly CoverageRow[];
}

/** Something built from emitted files that can be run and timed; it owns processes or folders until disposed. */
export interface Executable {
  readonly description: string;
  /** Logits [N, classes] for images [N, H, W, C] that are already normalised. */
  run(images: Float32Array, count: number): Promise<Float32Array>;
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
  /** `measureBlocks` looks its values up: it needs no device and no time, and `nasc inspect --target` may call it. */
  readonly latenciesKnown?: boolean;
}

export interface Target {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly capabilities: TargetCapabilities;
  /** The device that latencies are of: that of `measure…`, or of a table; part of the key of everything that follows from them. */
  device(): Promise<DeviceDescription>;
  /** True, or why not. */
  supports(node: OpNode, registry: Pick<Registry, 'ops' | 'patterns'>): true | string;
  /** Graph-to-graph passes that make a network fit; run after folding. */
  readonly legalize: readonly Pass<NetworkGraph, NetworkGraph>[];
  /** Fused kernels of this target, tried in order before an op's own lowering. */
  readonly kernels: readonly PatternDefinition[];
  emit(network: DeployableNetwork, onnx: Uint8Array | undefined, context: PassContext): Promise<EmittedFiles>;
  /** Compiles and loads what was emitted. Absent for targets that this machine cannot run. */
  build?(emitted: EmittedFiles, network: DeployableNetwork, context: MeasureContext): Promise<Executable>;
  /** Times every candidate of the space, by default in place (inside whole networks); or has the values already (`latenciesKnown`). */
  measureBlocks?(space: SearchSpaceGraph, context: MeasureContext): Promise<BlockLatencies>;
}
