// Generated from schemas/config.schema.json by `npm run generate`; do not edit.

/**
 * A plugin's part by name, with options or without.
 */
export type Named = string | NamedWithOptions;
/**
 * A target by name, with options or without.
 */
export type TargetConfig = string | TargetWithOptions;

/**
 * What a user writes: task, search space, targets and constraints; everything else has a default.
 */
export interface UserConfig {
  /**
   * This schema's address, for completion in editors.
   */
  $schema?: string;
  /**
   * What this config goes over: a preset by name (proxyless-imagenet), the path of a JSON config, or several, the first at the bottom. Objects are merged, lists replaced.
   */
  extends?: string | string[];
  task: TaskConfig;
  /**
   * A named space, the path of a JSON file (a space, or a network as net.config), or the space itself.
   */
  space:
    | string
    | {
        [k: string]: unknown;
      };
  /**
   * Names of target plugins, or { name, ...options }.
   */
  targets: TargetConfig[];
  /**
   * Limits that the chosen network has to keep on every target; a list gives a network for each.
   */
  constraints?: Limits | Limits[];
  /**
   * Packages, paths or plugin values, set up after the built-in ones.
   */
  plugins?: unknown[];
  /**
   * Name of the training engine, or of one each for warm-up and for what follows. auto: one that found a GPU, else the native one.
   */
  engine?: string | EnginesConfig;
  /**
   * Compute threads; all cores when absent. Never changes a result.
   */
  threads?: number;
  /**
   * Threads that decode and transform images, beside the compute threads: when absent, as many as cores, but at most 3. 0 does it on the main thread. Never changes a result.
   */
  dataWorkers?: number;
  dataCache?: DataCacheConfig;
  /**
   * Seed of every random number.
   */
  seed?: number;
  /**
   * Where the final files are written.
   */
  outDir?: string;
  /**
   * Where artifacts are kept.
   */
  cacheDir?: string;
  train?: TrainConfig;
  annotate?: AnnotateConfig;
  derive?: DeriveConfig;
  export?: ExportConfig;
}
/**
 * What the network is for.
 */
export interface TaskConfig {
  dataset: Named;
  /**
   * Training images used by warm-up and search; all when absent. Retraining always uses all.
   */
  searchImages?: number;
  /**
   * Training images held out for the gates, balanced over classes.
   */
  archValidationImages?: number;
  /**
   * Training images held out for ranking networks; they train neither weights nor gates.
   */
  scoringImages?: number;
  augmentation?: AugmentationConfig;
  normalisation?: NormalisationConfig;
  /**
   * Share of the resized image's sides that the centre crop keeps wherever nothing is random: 0.875 resizes to 256 and crops 224; 1 keeps all that fits. The data set's own when absent.
   */
  evaluationCrop?: number;
}
export interface NamedWithOptions {
  /**
   * The name under which a plugin registers it.
   */
  name: string;
  [k: string]: unknown;
}
/**
 * Random transformations of training images.
 */
export interface AugmentationConfig {
  /**
   * Mirror left to right with probability 1/2. The data set's own default when absent.
   */
  flip?: boolean;
  /**
   * Zero-pad by this many pixels and crop back at a random offset. The data set's own default when absent, 0 with randomResizedCrop.
   */
  crop?: number;
  /**
   * Resize a random part of each image to the whole input, or false. The data set's own default when absent, off with crop.
   */
  randomResizedCrop?: false | RandomResizedCropConfig;
  /**
   * Change the colours by random amounts in a random order, or false. The data set's own default when absent.
   */
  colourJitter?: false | ColourJitterConfig;
  /**
   * Side in pixels of a square that hides a random place of each image. The data set's own default when absent.
   */
  cutout?: number;
  /**
   * Blend each image and target with another of its batch, by a share drawn from Beta(mixup, mixup). The data set's own default when absent.
   */
  mixup?: number;
}
export interface RandomResizedCropConfig {
  /**
   * Least and greatest share of the image's area; [0.08, 1] when absent.
   *
   * @minItems 2
   * @maxItems 2
   */
  scale?: [number, number];
  /**
   * Least and greatest width / height; [3/4, 4/3] when absent.
   *
   * @minItems 2
   * @maxItems 2
   */
  ratio?: [number, number];
}
export interface ColourJitterConfig {
  /**
   * x: factor in [1 - x, 1 + x]; 0 when absent.
   */
  brightness?: number;
  /**
   * x: factor in [1 - x, 1 + x]; 0 when absent.
   */
  contrast?: number;
  /**
   * x: factor in [1 - x, 1 + x]; 0 when absent. Nothing on grey images.
   */
  saturation?: number;
  /**
   * x: turn of the colour circle in [-x, x]; 0 when absent. Nothing on grey images.
   */
  hue?: number;
}
/**
 * Of pixels from 0 to 1, by channel: (pixel - mean) / std. Computed from the training images when absent; weights from elsewhere want what they were trained with.
 */
export interface NormalisationConfig {
  /**
   * One value a channel.
   */
  mean: number[];
  /**
   * One value a channel.
   */
  std: number[];
}
export interface TargetWithOptions {
  /**
   * The name under which a plugin registers it.
   */
  name: string;
  /**
   * What it is called in results, where one target is given several times with other options; its name when absent.
   */
  as?: string;
  [k: string]: unknown;
}
/**
 * Each is kept by itself; what is left out is not limited.
 */
export interface Limits {
  /**
   * What networks under these limits are called, where there are several; made from the limits when absent.
   */
  name?: string;
  /**
   * Latency of one image, ms.
   */
  latencyMs?: number;
  /**
   * The same limit as a share of the expected latency of a uniformly sampled network: means the same on every machine. Not together with latencyMs.
   */
  latencyShare?: number;
  /**
   * Multiply-accumulates of one image.
   */
  macs?: number;
  /**
   * Trained values.
   */
  parameters?: number;
  /**
   * Memory of activations, in bytes: as the target plans it, where it emits code; else the activations that are alive at once in a runtime that computes op by op.
   */
  memoryBytes?: number;
  /**
   * Weights and compiled code, in bytes: as the target lays them out and this machine compiles them; where that is not known, 4 bytes a trained value.
   */
  storageBytes?: number;
}
export interface EnginesConfig {
  /**
   * Engine of the warm-up.
   */
  train: string;
  /**
   * Engine of search, scoring and retraining.
   */
  derive: string;
}
/**
 * Decoded images that are kept, so that they are not decoded in every epoch. Never changes a result.
 */
export interface DataCacheConfig {
  /**
   * In memory, for the time of a run.
   */
  memoryMiB?: number;
  /**
   * On disk, for later runs, too: of data sets that are image files.
   */
  diskMiB?: number;
  /**
   * Where; in cacheDir when absent.
   */
  folder?: string;
}
/**
 * Warm-up of the shared weights, one uniformly sampled path a step.
 */
export interface TrainConfig {
  /**
   * Epochs of warm-up.
   */
  epochs?: number;
  /**
   * Images a step.
   */
  batchSize?: number;
  optimizer?: OptimizerConfig;
  /**
   * Share of the target spread over all classes.
   */
  labelSmoothing?: number;
}
/**
 * SGD with momentum and a cosine schedule over the whole training.
 */
export interface OptimizerConfig {
  /**
   * Rate at the start of the cosine.
   */
  learningRate: number;
  /**
   * Steps over which the rate rises linearly from 0.
   */
  warmUpSteps?: number;
  /**
   * Momentum.
   */
  momentum?: number;
  /**
   * Nesterov's momentum, or the plain one.
   */
  nesterov?: boolean;
  /**
   * L2 added to the gradient.
   */
  weightDecay?: number;
  /**
   * Kinds of parameters that decay: weights and biases of layers; scale: scale and shift of normalisations.
   */
  decayRoles?: ('weight' | 'bias' | 'scale')[];
}
/**
 * Latency of every candidate.
 */
export interface AnnotateConfig {
  predictor?: Named;
  /**
   * Files of `nasc profile`. One of the target's own device stands for measuring; those of other devices are what a predictor may start from. A path starts from the folder of the config.
   */
  profiles?: string[];
  /**
   * What is timed: sampled networks with the blocks inside them; sampled networks as wholes alone; or, quickly and less true, each block by itself.
   */
  method?: 'in-place' | 'whole' | 'isolated';
  /**
   * About how long the timing may take, what it takes to build aside. More networks are timed in more time.
   */
  seconds?: number;
  /**
   * How many whole networks are timed; when absent, what the predictor asks for, or as many as the time allows.
   */
  networks?: number;
}
/**
 * Search, selection and retraining.
 */
export interface DeriveConfig {
  strategy?: Named;
  select?: SelectConfig;
  front?: FrontConfig;
  retrain?: RetrainConfig;
}
/**
 * How the architecture is taken from the search's result.
 */
export interface SelectConfig {
  /**
   * Best networks under the limit by exact dynamic programming, or the most probable candidate of each choice (the paper).
   */
  method?: 'knapsack' | 'argmax';
  /**
   * Networks re-ranked by cross-entropy under shared weights.
   */
  candidates?: number;
  /**
   * Times the cost model is corrected by a measurement.
   */
  rounds?: number;
}
/**
 * The accuracy-latency front of a search, made by `nasc front` alone.
 */
export interface FrontConfig {
  /**
   * Latency limits, evenly spaced in the logarithm from the fastest to the slowest network; the limit of the search is one more.
   */
  points?: number;
  /**
   * Latency limits to be taken instead, ms.
   */
  limitsMs?: number[];
  /**
   * Networks of each limit that are scored under shared weights.
   */
  candidates?: number;
}
/**
 * Training of the chosen network to completion.
 */
export interface RetrainConfig {
  /**
   * Initial weights: new ones (scratch), the supernet's (shared), or those of a safetensors file, by PyTorch's names or nasc's. With 0 epochs a file's weights are evaluated and exported as they are.
   */
  from?: ('scratch' | 'shared') | string;
  /**
   * Epochs over all training images.
   */
  epochs?: number;
  /**
   * Images a step.
   */
  batchSize?: number;
  optimizer?: OptimizerConfig;
  /**
   * Share of the target spread over all classes.
   */
  labelSmoothing?: number;
  /**
   * Probability that a feature before the last layer is dropped in training; as the space's head has it when absent. Published: 0.1 to 0.3.
   */
  dropout?: number;
  /**
   * Probability that the branch of the last residual block is left out in training; of block l of L it is l/L of that (stochastic depth).
   */
  dropPath?: number;
  /**
   * Decay of a moving average of the weights, e.g. 0.999; the averaged weights are the result. At step t, from 0, at most (1 + t) / (10 + t). None when absent.
   */
  ema?: number;
  distillation?: DistillationConfig;
}
/**
 * A larger network of the space is trained first, by the same recipe, and what it says of each training image is part of the target. It is stored: another weight, temperature or number of epochs of the student does not train it again.
 */
export interface DistillationConfig {
  /**
   * The network with the most MACs, or one candidate a choice, by name or by index from 0, in the order of the choices.
   */
  teacher?: 'largest' | (string | number)[];
  /**
   * The teacher's initial weights: new ones or those of the warm-up.
   */
  from?: 'scratch' | 'shared';
  /**
   * The teacher's epochs.
   */
  epochs?: number;
  /**
   * Share of the loss that is against the teacher, w: loss = (1 - w) CE(targets) + w T^2 CE(softmax(teacher / T), softmax(student / T)).
   */
  weight?: number;
  /**
   * T, what both networks' logits are divided by.
   */
  temperature?: number;
}
/**
 * The ONNX file.
 */
export interface ExportConfig {
  /**
   * ONNX operator set, 13 to 26. The file's IR version is that of the ONNX release that the set came with.
   */
  opset?: number;
  /**
   * Whether the model takes any number of images at once (dimension "batch"), or one.
   */
  dynamicBatch?: boolean;
  /**
   * Real test images on which the outputs are compared.
   */
  verifyImages?: number;
}
