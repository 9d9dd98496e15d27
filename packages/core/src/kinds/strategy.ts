// Plugin kind `strategy`: how the space is searched, given trained shared weights and a cost model.
import type { TensorTable } from '@nasc/ir';
import type { SearchSpaceArtifact, Supernet } from '../artifacts.ts';
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

/** Expected-latency model over gate probabilities: E = constant + sum of p_ij * F_ij, ms. */
export interface LatencyTable {
  readonly constantMs: number;
  /** Per choice, ms per candidate. */
  readonly candidatesMs: readonly (readonly number[])[];
}

export interface SearchContext extends PassContext {
  readonly space: SearchSpaceArtifact;
  readonly supernet: Supernet;
  readonly latency: LatencyTable;
  /** The limit, ms. */
  readonly limitMs: number | undefined;
  /** A program compiled for the space, already holding a copy of the warm-up's weights. */
  readonly program: Program;
  /** Training images with the training transformations and label smoothing. */
  readonly trainBatches: BatchSource;
  /** Arch-validation images, evaluation transformations, plain one-hot targets. */
  readonly validationBatches: BatchSource;
}

/** One row a step, columns by name (loss, expectedMs, entropy, lambda, ...); what reports and benches plot. */
export interface SearchHistory {
  readonly columns: Readonly<Record<string, readonly number[]>>;
  /** Probabilities of all candidates by choice, now and then and at the end. */
  readonly snapshots?: readonly { readonly step: number; readonly probabilities: readonly (readonly number[])[] }[];
}

export type SearchResult = (
  | { readonly kind: 'distribution'; readonly logProbabilities: readonly (readonly number[])[] }
  | { readonly kind: 'ranked'; readonly architectures: readonly { readonly choices: readonly number[]; readonly score: number }[] }
) & {
  readonly strategy: string;
  /** Shared weights at the end of the search. */
  readonly weights: TensorTable;
  readonly history: SearchHistory;
  /** What it cost, in one unit for all strategies. */
  readonly imagesForwardBackward: number;
};

export interface StrategyDefinition {
  readonly name: string;
  readonly description: string;
  readonly optionsSchema: Readonly<Record<string, unknown>>;
  readonly requirements: { readonly activePaths: 1 | 2 | 'all'; readonly warmUp: boolean };
  search(context: SearchContext, options: Readonly<Record<string, unknown>>): Promise<SearchResult>;
}
