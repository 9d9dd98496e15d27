// Generated from schemas/report.schema.json by `npm run generate`; do not edit.

export type OptionalLatency = null | ReportLatency;

/**
 * What a run found, report.json. Everything outside `timing` is the same whenever the run is repeated with the same latencies.
 */
export interface Report {
  /**
   * Version of this format.
   */
  format: 1;
  /**
   * Seed of every random number.
   */
  seed: number;
  task: ReportTask;
  space: ReportSpace;
  warmUp: ReportWarmUp;
  hashes: ReportHashes;
  /**
   * One network for each target under each set of limits, in the order of the config.
   */
  networks: ReportNetwork[];
  timing: ReportTiming;
}
/**
 * What the networks were searched for.
 */
export interface ReportTask {
  /**
   * Name of the data set.
   */
  dataset: string;
  /**
   * Class names, in the order of the logits.
   */
  classes: string[];
  /**
   * [height, width, channels].
   */
  inputShape: number[];
  /**
   * SHA-256 over the data that was read.
   */
  manifestHash: string;
}
/**
 * What was searched.
 */
export interface ReportSpace {
  /**
   * Name of the space.
   */
  name: string;
  /**
   * Number of choices.
   */
  choices: number;
  /**
   * Number of networks, in decimal digits: it exceeds what a JSON number can hold.
   */
  networks: string;
  parameters: ReportRange;
  macs: ReportRange;
}
export interface ReportRange {
  /**
   * The least over all networks.
   */
  minimum: number;
  /**
   * The most over all networks.
   */
  maximum: number;
}
/**
 * The shared weights.
 */
export interface ReportWarmUp {
  cost: ReportSearchCost;
}
export interface ReportSearchCost {
  /**
   * Images taken forward and backward through one path; a forward pass alone counts as a third.
   */
  imagesForwardBackward: number;
  /**
   * Weights, gradients, momentum and activations at most; null where the engine leaves memory to a library.
   */
  peakMemoryBytes: number | null;
}
export interface ReportHashes {
  [k: string]: string;
}
export interface ReportNetwork {
  /**
   * Name of the network: the target's, with that of the limits where there are several.
   */
  name: string;
  /**
   * Name of its target.
   */
  target: string;
  search: ReportSearch;
  /**
   * The chosen candidate of every choice, in the order of the network.
   */
  choices: ReportChoice[];
  /**
   * Trained values of the network; null where a plugin added nodes of unknown cost.
   */
  parameters: number | null;
  /**
   * Multiply-accumulates of one image; null where a plugin added nodes of unknown cost.
   */
  macs: number | null;
  /**
   * What the network costs that does not depend on a device, beside its limits.
   */
  costs: ReportCost[];
  /**
   * Memory of the generated code; null where the target plans none.
   */
  memory: null | ReportMemory;
  validation: ReportAccuracy;
  test: ReportAccuracy;
  /**
   * Of the generated code on the test images; null where this machine cannot run it, or the target gives times, no outputs.
   */
  codeTest: null | ReportAccuracy;
  onnx: ReportOnnx;
  /**
   * Why there is no net.config: what the format of ProxylessNAS's authors cannot say of this network; null where it was written.
   */
  netConfig: string | null;
  /**
   * The generated code against ONNX Runtime; null where this machine cannot run it, or the target gives times, no outputs.
   */
  code: null | ReportVerification;
  coverage: ReportCoverage;
  /**
   * What was written, below the network's folder.
   */
  files: ReportFile[];
  hashes: ReportHashes;
}
/**
 * How it was searched.
 */
export interface ReportSearch {
  /**
   * Name of the search strategy.
   */
  strategy: string;
  cost: ReportSearchCost;
}
export interface ReportChoice {
  /**
   * The block that was chosen for.
   */
  id: string;
  /**
   * Name of the chosen candidate.
   */
  candidate: string;
  /**
   * Its macro.
   */
  macro: string;
  /**
   * Number of candidates.
   */
  alternatives: number;
  /**
   * Its probability at the end of the search; null where the strategy ranks whole networks.
   */
  probability: number | null;
}
export interface ReportCost {
  /**
   * Which cost.
   */
  name: 'macs' | 'parameters' | 'memory' | 'storage';
  /**
   * MACs, parameters or bytes.
   */
  unit: string;
  /**
   * Of the network as it was searched.
   */
  value: number;
  /**
   * As the target plans the whole network, which is what its limit holds for; null where it does not. Storage: weights, and the compiled code where it is limited.
   */
  planned: number | null;
  /**
   * What it was allowed; null where it was not limited.
   */
  limit: number | null;
}
export interface ReportMemory {
  /**
   * Activations, as planned.
   */
  arenaBytes: number;
  /**
   * Largest sum of tensors alive at once: no plan needs less.
   */
  lowerBoundBytes: number;
  /**
   * Weights.
   */
  weightBytes: number;
}
export interface ReportAccuracy {
  /**
   * Images classified right.
   */
  correct: number;
  /**
   * Images whose class is among the five largest logits, of equal ones the first; null for five classes or fewer.
   */
  correctTop5: number | null;
  /**
   * Images.
   */
  count: number;
  /**
   * Mean, nats.
   */
  crossEntropy: number;
}
/**
 * The ONNX file.
 */
export interface ReportOnnx {
  /**
   * ONNX operator set.
   */
  opset: number;
  /**
   * Size of the file.
   */
  bytes: number;
  verification: ReportVerification;
}
/**
 * Outputs of two realisations of one network, compared on real test images.
 */
export interface ReportVerification {
  /**
   * Images compared.
   */
  images: number;
  /**
   * Largest absolute difference of a logit.
   */
  maximumError: number;
  /**
   * ||a - b|| / ||b|| over all logits.
   */
  relativeError: number;
  /**
   * Images on which both name the same class.
   */
  sameClass: number;
}
/**
 * Number of nodes by kind of kernel.
 */
export interface ReportCoverage {
  /**
   * With a kernel made for the target.
   */
  special: number;
  /**
   * With the op's plain kernel.
   */
  plain: number;
  /**
   * With none.
   */
  unsupported: number;
}
export interface ReportFile {
  /**
   * Relative path.
   */
  name: string;
  /**
   * Size.
   */
  bytes: number;
}
/**
 * Whatever was measured with a clock, or follows from it.
 */
export interface ReportTiming {
  /**
   * What the warm-up took, in all runs that worked on it, ms.
   */
  warmUpMs: number;
  /**
   * By name of the network.
   */
  networks: {
    [k: string]: ReportNetworkTiming;
  };
  /**
   * Time of each part of each stage, in order.
   */
  stages: ReportStage[];
  /**
   * Sum of the stages, ms.
   */
  totalMs: number;
}
export interface ReportNetworkTiming {
  /**
   * What it was measured on.
   */
  device: string;
  /**
   * What the search took, in all runs that worked on it, ms.
   */
  searchMs: number;
  /**
   * Latency that was asked for, ms; null without a limit.
   */
  limitMs: number | null;
  /**
   * By the cost model, before any correction, ms.
   */
  predictedMs: number;
  /**
   * How well the predictor told networks that it had not seen; null where too few were measured.
   */
  prediction: null | ReportPrediction;
  /**
   * How the network was chosen: what was asked, predicted and measured, round by round.
   */
  rounds: ReportRound[];
  /**
   * Measured when the network was chosen, with arbitrary weights, ms; null where this machine cannot run the target.
   */
  selectedMs: number | null;
  code: OptionalLatency;
  onnxRuntime: OptionalLatency;
  /**
   * The chosen candidate of every choice, ms.
   */
  choicesMs: number[];
  /**
   * Networks measured while choosing.
   */
  networksMeasured: number;
  hashes: ReportHashes;
}
export interface ReportPrediction {
  /**
   * Name of the latency predictor.
   */
  predictor: string;
  /**
   * Held-out networks.
   */
  networks: number;
  /**
   * Whether all were held out in turn, or some kept apart.
   */
  method: 'cross-validation' | 'held out';
  /**
   * Root mean square of predicted / measured - 1.
   */
  rmspe: number;
  /**
   * Share of networks that measure between lowMs and highMs where they are predicted so.
   */
  confidence: number;
  /**
   * Lower end for this network, ms.
   */
  lowMs: number;
  /**
   * Upper end for this network, ms.
   */
  highMs: number;
}
export interface ReportRound {
  /**
   * What the corrected prediction had to keep, ms; null without a limit.
   */
  askedMs: number | null;
  /**
   * Of the best network found, by the cost model, ms.
   */
  predictedMs: number;
  /**
   * The same corrected by the measurement before, ms.
   */
  correctedMs: number;
  /**
   * ms; null where it was not measured.
   */
  measuredMs: number | null;
  /**
   * Cross-entropy under the shared weights, nats; null without any.
   */
  score: number | null;
  /**
   * Whether it is within the limit.
   */
  keepsLimit: boolean;
}
/**
 * A measured latency of one image.
 */
export interface ReportLatency {
  /**
   * Median, ms.
   */
  ms: number;
  /**
   * Median absolute deviation, ms.
   */
  spreadMs: number;
  /**
   * Number of samples.
   */
  samples: number;
}
export interface ReportStage {
  /**
   * Stage.
   */
  stage: string;
  /**
   * Its part.
   */
  part: string;
  /**
   * The target or network that it ran for; null where it serves all.
   */
  target: string | null;
  /**
   * Whether it was taken from the store.
   */
  cached: boolean;
  /**
   * Time, ms.
   */
  ms: number;
}
