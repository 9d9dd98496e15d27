// Plugin kind `strategy`: how the space is searched, given trained shared weights and a cost model.
import type { TensorTable } from '@nasc/ir';
import type { Accuracy, SearchSpaceArtifact, Supernet, TrainingCost } from '../artifacts.ts';
import type { PassContext } from '../pass.ts';
import type { Program, TrainingBatch } from './engine.ts';

/** Batches of one role, endless, in an order that depends only on the seed; `next` is asynchronous because data may be decoded. */
export interface BatchSource {
  /** Images behind the source. */
  readonly count: number;
  readonly batchSize: number;
  /** How many batches are worth asking for before they are needed; 1 when absent. */
  readonly ahead?: number;
  /** Batch number `step`: the same for the same step, whatever was asked before. */
  batch(step: number): Promise<TrainingBatch>;
}

/** What networks cost, block by block, and what must not be exceeded. */
export interface CostTable {
  /** `latency`: ms on the target; `macs`: multiply-accumulates of one image; `parameters`: trained values; `memory`: bytes of activations; `storage`: bytes of weights. */
  readonly name: 'latency' | 'macs' | 'parameters' | 'memory' | 'storage';
  readonly unit: 'ms' | 'MACs' | 'parameters' | 'bytes';
  /** Whether a network costs the sum of the constant and its candidates, or the largest of them. */
  readonly combine: 'sum' | 'max';
  /** Everything outside the choices. */
  readonly constant: number;
  /** By choice, in the order of `choicesOf(space)`, a value per candidate. */
  readonly candidates: readonly (readonly number[])[];
  /** Undefined where none is set. */
  readonly limit: number | undefined;
}

export interface SearchContext extends PassContext {
  readonly space: SearchSpaceArtifact;
  readonly supernet: Supernet;
  /** Latency, multiply-accumulates, parameters, memory, storage: all of them, limited or not. */
  readonly costs: readonly CostTable[];
  /** A program compiled for the space, already holding a copy of the warm-up's weights. */
  readonly program: Program;
  /** Training images with the training transformations and label smoothing. */
  readonly trainBatches: BatchSource;
  /** Arch-validation images, evaluation transformations, plain one-hot targets. */
  readonly validationBatches: BatchSource;
  /**
   * A path on all arch-validation images under the program's present weights, with batch normalisation recalibrated for it: what
   * strategies rank networks by.
   */
  score(choices: readonly number[]): Promise<PathScore>;
}

export interface PathScore {
  readonly accuracy: Accuracy;
  /** What scoring cost, as images forward and backward. */
  readonly imagesForwardBackward: number;
}

/** One row a step, columns by name (loss, expected.latency, entropy, lambda.latency, ...); what reports and benches plot. */
export interface SearchHistory {
  readonly columns: Readonly<Record<string, readonly number[]>>;
  /** Probabilities of all candidates by choice, now and then and at the end. */
  readonly snapshots?: readonly { readonly step: number; readonly probabilities: readonly (readonly number[])[] }[];
}

export type SearchResult = (
  | { readonly kind: 'distribution'; readonly logProbabilities: readonly (readonly number[])[] }
  /** The higher the score the better. */
  | { readonly kind: 'ranked'; readonly architectures: readonly { readonly choices: readonly number[]; readonly score: number }[] }
) & {
  readonly strategy: string;
  /** Shared weights at the end of the search; absent where networks of this space share none: then the strategy's own ranking stands. */
  readonly weights?: TensorTable;
  readonly history: SearchHistory;
  readonly cost: TrainingCost;
};

export interface StrategyDefinition {
  readonly name: string;
  readonly description: string;
  readonly optionsSchema: Readonly<Record<string, unknown>>;
  readonly requirements: {
    /** Candidates of each choice that run in one step of the program. */
    readonly activePaths: 1 | 2 | 'all';
    /** Whether it starts from trained shared weights; where not, no warm-up takes place. */
    readonly warmUp: boolean;
  };
  search(context: SearchContext, options: Readonly<Record<string, unknown>>): Promise<SearchResult>;
}
