// What the stages hand to each other. Open by declaration merging, so that a plugin's pass may add its own kind.
import type { Cost, NetworkGraph, SearchSpaceGraph, TensorTable } from '@nasc/ir';
import type {
  BlockFootprint,
  CostTable,
  CoverageRow,
  LatencyModel,
  MemoryReport,
  NetworkLatency,
  Profile,
  SearchResult,
} from './kinds/index.ts';
import type { Normalisation } from '@nasc/data';

/** What the network is for: from the data set. */
export interface TaskDescription {
  readonly dataset: string;
  readonly classes: readonly string[];
  /** [H, W, C] */
  readonly inputShape: readonly [number, number, number];
  readonly normalisation: Normalisation;
  /** Share of the resized image's sides that the centre crop of evaluation keeps. */
  readonly evaluationCrop: number;
  readonly manifestHash: string;
}

export interface SearchSpaceArtifact {
  readonly name: string;
  readonly task: TaskDescription;
  readonly graph: SearchSpaceGraph;
  /** Cost of each op node by id, inside candidates too. */
  readonly costs: Readonly<Record<string, Cost>>;
}

export interface TrainingHistory {
  readonly columns: Readonly<Record<string, readonly number[]>>;
}

/** What a training or a search took, in units that mean the same for all of them. */
export interface TrainingCost {
  /** Images taken forward and backward through one path; a forward pass alone counts as a third. */
  readonly imagesForwardBackward: number;
  /** Weights, gradients, momentum and activations as the engine planned them; absent where it leaves memory to a library. */
  readonly peakMemoryBytes?: number;
}

export interface Supernet {
  readonly weights: TensorTable;
  readonly history: TrainingHistory;
  readonly cost: TrainingCost;
}

/** How predictions of whole networks compare with measurements that the predictor had not seen. Errors are relative: predicted / measured - 1. */
export interface PredictionAccuracy {
  /** Networks that were held out, all in turn (`cross-validation`), or kept apart from the beginning (`held out`). */
  readonly networks: number;
  readonly method: 'cross-validation' | 'held out';
  /** Root mean square of the errors. */
  readonly rmspe: number;
  /** Mean of the errors. */
  readonly bias: number;
  /** Share of the networks within 5 and 10 %. */
  readonly within5: number;
  readonly within10: number;
  /** Rank correlation (Kendall, 1945: tau-b); undefined where all are alike. */
  readonly kendallTau: number | undefined;
  /** A measurement lies between `low` and `high` times its prediction, for `confidence` of all networks. */
  readonly interval: { readonly confidence: number; readonly low: number; readonly high: number };
  /** Share of the held-out networks whose measurement lies in an interval that was made without them; undefined where too few are there to tell. */
  readonly coverage: number | undefined;
  /** What one network's own measurements differ by, as a share: an error below twice that is none. */
  readonly repeatNoise: number | undefined;
}

/** Bytes that a target plans for the parts of a space: a network's memory is that of its largest part, its weights are their sum. */
export interface FootprintModel {
  /** By choice, one value a candidate. */
  readonly choices: readonly (readonly BlockFootprint[])[];
  /** All else, by unit. */
  readonly fixed: Readonly<Record<string, BlockFootprint>>;
}

export interface CostModel extends LatencyModel {
  readonly target: string;
  readonly predictor: string;
  /** What the model was fitted to. */
  readonly profile: Profile;
  /** Undefined where no whole networks were measured, or too few to hold any out. */
  readonly accuracy: PredictionAccuracy | undefined;
  /** Absent where the target does not plan memory. */
  readonly footprint?: FootprintModel;
}

export interface SelectRound {
  readonly choices: readonly number[];
  /** What the round was asked to keep: the limit, less what earlier rounds were measured to exceed it by; undefined without a limit. */
  readonly askedMs: number | undefined;
  /** By the cost model. */
  readonly predictedMs: number;
  /** The same corrected by what was measured in earlier rounds. */
  readonly correctedMs: number;
  readonly measuredMs: number | undefined;
  /** Cross-entropy under shared weights with recalibrated batch normalisation, nats; undefined where nothing is shared or to be ranked. */
  readonly score: number | undefined;
  readonly keepsLimit: boolean;
}

/** What a network costs, and what it was allowed to. */
export interface NetworkCost {
  readonly name: CostTable['name'];
  readonly unit: CostTable['unit'];
  /** As the cost model predicts it, before any correction. */
  readonly predicted: number;
  /** Of memory and storage: as the target plans the whole network, where it does. What counts beside the limit. */
  readonly planned?: number;
  readonly limit: number | undefined;
}

export interface Architecture {
  /** Index of the chosen candidate per choice. */
  readonly choices: readonly number[];
  /** By the cost model, before any correction. */
  readonly predictedMs: number;
  readonly measuredMs: number | undefined;
  /** Latency, multiply-accumulates, parameters, memory, storage. */
  readonly costs: readonly NetworkCost[];
  /** Every network that was measured on the way, in order. */
  readonly rounds: readonly SelectRound[];
}

export interface FrontInterval {
  readonly lowMs: number;
  readonly highMs: number;
}

/** A network that was scored for a front. */
export interface ScoredNetwork {
  readonly choices: readonly number[];
  readonly predictedMs: number;
  /** What the search itself makes of it, the higher the better: the logarithm of its probability, or the strategy's score. */
  readonly searchScore: number;
  /** On the scoring images, under shared weights with recalibrated batch normalisation; undefined where nothing is shared or to be ranked. */
  readonly accuracy: Accuracy | undefined;
}

/** A network that no other one of the front beats in both latency and score. */
export interface FrontPoint extends ScoredNetwork {
  /** The limits under which it is the best, ms, rising. */
  readonly limitsMs: readonly number[];
  /** Where a measurement of it is to be expected; undefined where no predictions were compared with measurements. */
  readonly interval: FrontInterval | undefined;
  /** Latency, multiply-accumulates, parameters, memory, beside the limits that hold for all points: none on latency. */
  readonly costs: readonly NetworkCost[];
}

/** The best networks of one search for a series of latency limits. */
export interface Front {
  /** The limit on latency that the search was made for, ms; one of `limitsMs`. */
  readonly limitMs: number | undefined;
  /** Every latency limit that was asked for, ms, rising; those that no network keeps are under no point. */
  readonly limitsMs: readonly number[];
  /** Share of networks whose measurement lies in their interval. */
  readonly confidence: number | undefined;
  /** The fastest first: latency rises and the score gets better from one to the next. */
  readonly points: readonly FrontPoint[];
  /** All networks that were compared, in the order in which they were proposed. */
  readonly scored: readonly ScoredNetwork[];
}

/** Measured latency of the networks of a front. */
export interface FrontLatencies {
  /** One a point, ms; undefined where this machine cannot run the target. */
  readonly measuredMs: readonly number[] | undefined;
}

export interface Accuracy {
  readonly correct: number;
  /** Images whose label is among the five largest logits; undefined for five classes or fewer. */
  readonly correctTop5: number | undefined;
  readonly count: number;
  readonly crossEntropy: number;
}

/** A network of the space that another one learns from. */
export interface TeacherNetwork {
  /** Index of the candidate per choice. */
  readonly choices: readonly number[];
  readonly graph: NetworkGraph;
  readonly weights: TensorTable;
  readonly history: TrainingHistory;
  readonly validation: Accuracy;
}

export interface Teacher {
  /** Undefined where the recipe has no distillation. */
  readonly network: TeacherNetwork | undefined;
}

export interface DerivedNetwork {
  readonly graph: NetworkGraph;
  readonly weights: TensorTable;
  readonly history: TrainingHistory;
  readonly validation: Accuracy;
  readonly test: Accuracy;
}

/** The derived network with batch normalisation folded and dead ops removed: what export and codegen both start from. */
export interface FoldedNetwork {
  readonly graph: NetworkGraph;
  readonly weights: TensorTable;
}

export interface OnnxModel {
  readonly bytes: Uint8Array;
  readonly opset: number;
  readonly verification: Verification;
}

/** Outputs of two realisations of one network compared on real test images. */
export interface Verification {
  readonly images: number;
  readonly maximumError: number;
  /** ||a - b|| / ||b|| over all logits. */
  readonly relativeError: number;
  /** Images on which both name the same class. */
  readonly sameClass: number;
}

export interface GeneratedFiles {
  readonly target: string;
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly memory: MemoryReport | undefined;
  readonly coverage: readonly CoverageRow[];
  /** Against ONNX Runtime on the same images; undefined where this machine cannot run the target. */
  readonly verification: Verification | undefined;
  readonly latency: NetworkLatency | undefined;
  /** Test images classified right by the emitted code. */
  readonly test: Accuracy | undefined;
}

/** Made only where they are asked for. A plugin whose part is on demand adds its kind here too. */
export interface OnDemandArtifacts {
  readonly front: Front;
  readonly frontLatencies: FrontLatencies;
}

export interface Artifacts extends OnDemandArtifacts {
  readonly searchSpace: SearchSpaceArtifact;
  readonly supernet: Supernet;
  readonly costModel: CostModel;
  readonly searchResult: SearchResult;
  readonly architecture: Architecture;
  readonly teacher: Teacher;
  readonly derived: DerivedNetwork;
  readonly folded: FoldedNetwork;
  readonly onnx: OnnxModel;
  readonly files: GeneratedFiles;
}

export type ArtifactKind = keyof Artifacts & string;
