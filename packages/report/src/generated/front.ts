// Generated from schemas/front.schema.json by `npm run generate`; do not edit.

export type Nullable = number | null;
export type NullableAccuracy = FrontAccuracy | null;

/**
 * front.json, what `nasc front` found: for each network of a config the accuracy-latency front of its search. Values that are not known are null.
 */
export interface FrontReport {
  /**
   * Version of this format.
   */
  format: 1;
  /**
   * Name of the data set.
   */
  dataset: string;
  /**
   * Name of the search space.
   */
  space: string;
  /**
   * Id of each choice of the space, in the order of every list of candidates.
   */
  choices: string[];
  /**
   * One front for each target under each set of limits.
   */
  networks: FrontNetwork[];
}
export interface FrontNetwork {
  /**
   * Name of the network in results: its target, with its limits where there are several sets of them.
   */
  name: string;
  /**
   * Name of the target.
   */
  target: string;
  /**
   * Device that latencies are of.
   */
  device: string;
  /**
   * Name of the search strategy.
   */
  strategy: string;
  limitMs: Nullable;
  limits: FrontLimits;
  /**
   * Every latency limit that was asked for, ms, rising; those that no network keeps are under no point.
   */
  limitsMs: number[];
  confidence: Nullable;
  /**
   * The fastest first: latency rises and the score gets better from one to the next.
   */
  points: FrontPoint[];
  /**
   * All networks that were compared.
   */
  scored: FrontScored[];
}
/**
 * Limits that hold at every point.
 */
export interface FrontLimits {
  macs: Nullable;
  parameters: Nullable;
  memoryBytes: Nullable;
  storageBytes: Nullable;
}
export interface FrontPoint {
  /**
   * The limits under which this network is the best, ms, rising.
   */
  limitsMs: number[];
  /**
   * Name of the chosen candidate of each choice.
   */
  candidates: string[];
  /**
   * Latency by the cost model, ms.
   */
  predictedMs: number;
  /**
   * Where a measurement of the network is to be expected; null where no predictions were compared with measurements.
   */
  interval: FrontInterval | null;
  measuredMs: Nullable;
  searchScore: Nullable;
  accuracy: NullableAccuracy;
  /**
   * Multiply-accumulates of one image.
   */
  macs: number;
  /**
   * Trained values.
   */
  parameters: number;
  /**
   * Activations alive at once, bytes; as the target plans it, where it does.
   */
  memoryBytes: number;
  /**
   * Weights, and code where its size is limited, bytes; likewise.
   */
  storageBytes: number;
}
export interface FrontInterval {
  /**
   * Its lower end, ms.
   */
  lowMs: number;
  /**
   * Its upper end, ms.
   */
  highMs: number;
}
export interface FrontAccuracy {
  /**
   * Images classified right.
   */
  correct: number;
  /**
   * Images whose class is among the five largest logits; null for five classes or fewer.
   */
  correctTop5: number | null;
  /**
   * Images.
   */
  count: number;
  crossEntropy: Nullable;
}
export interface FrontScored {
  /**
   * Name of the chosen candidate of each choice.
   */
  candidates: string[];
  /**
   * Latency by the cost model, ms.
   */
  predictedMs: number;
  searchScore: Nullable;
  accuracy: NullableAccuracy;
}
