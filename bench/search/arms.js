// The arms of the comparison. Each is made from the warm-up's weights and the costs alone, and depends on its own seed only.
import { measureNetwork, searchPass, selectPass } from '../../packages/derive/dist/index.js';
import { choicesOf, initialiseParameters } from '../../packages/ir/dist/index.js';
import { Random } from '../../packages/random/dist/index.js';
import { latencyCosts, pathCost, uniformCost } from '../../packages/search/dist/index.js';
import {
  batchSource,
  calibrationBatches,
  cosineSchedule,
  evaluateSubset,
  scorePath,
  splitTask,
  stepsOf,
  trainNetwork,
  withStatistics,
} from '../../packages/training/dist/index.js';
import { instantiatePath } from '../../packages/transforms/dist/index.js';
import { nativeEngine } from '../../plugins/engine-native/dist/index.js';
import { baseConfig } from './setup.js';
import { mean } from './statistics.js';

export const networksPerArm = 50;
/** How far the latency of a compared network may be from the limit. */
const tolerance = 0.05;

export const limitOf = (bench, share) => share * uniformCost(latencyCosts(bench.costModel));

/** Networks whose candidates are drawn with `probabilities` and whose predicted latency is near the limit. */
export const sampleNetworks = (bench, probabilities, limitMs, seed, stream) => {
  const table = latencyCosts(bench.costModel);
  const networks = [];
  for (let step = 0; networks.length < networksPerArm; step++) {
    if (step > 1e6) throw new Error(`only ${networks.length} of 1e6 sampled networks are near ${limitMs} ms`);
    const random = new Random({ seed, stream, step });
    const choices = probabilities.map((p) => random.categorical(p));
    if (Math.abs(pathCost(table, choices) - limitMs) <= tolerance * limitMs) networks.push(choices);
  }
  return networks;
};

export const uniformProbabilities = (bench) =>
  choicesOf(bench.searchSpace.graph).map(({ candidates }) => candidates.map(() => 1 / candidates.length));

const images = (bench) => ({ classes: bench.dataset.classes.length, batchSize: 128, normalisation: bench.searchSpace.task.normalisation });

/** Accuracy (points) and cross-entropy of networks on the scoring images: the warm-up's weights, statistics recalibrated for each. */
export const scoreNetworks = async (bench, networks) => {
  const { engineOptions, registry, searchSpace, supernet, checkpoint } = bench;
  const { train, scoring } = splitTask(bench.dataset, baseConfig.task, 0);
  const program = await nativeEngine.compile(searchSpace.graph, {
    ...engineOptions,
    ops: registry.ops,
    patterns: registry.patterns,
    activePaths: 1,
    batchSize: 128,
  });
  try {
    await program.writeState({ parameters: supernet.weights });
    const calibration = batchSource({ ...images(bench), subset: train, seed: 0, stream: 'bench.calibration' });
    const scores = [];
    for (const path of networks) {
      const { correct, count, crossEntropy } = await scorePath(program, {
        ...images(bench),
        subset: scoring,
        path,
        calibration,
        checkpoint,
      });
      scores.push({ choices: path, accuracy: (100 * correct) / count, crossEntropy });
    }
    return scores;
  } finally {
    await program.dispose();
  }
};

/** A search as the pipeline does it. */
export const search = async (bench, { share, strategy }) => {
  const context = bench.context({ constraints: { latencyShare: share }, strategy });
  const { searchSpace, supernet, costModel } = bench;
  return searchPass.run({ searchSpace, supernet, costModel }, context);
};

/** Search, then networks drawn from its gates. */
export const gatesArm = async (bench, { share, seed, strategy }) => {
  const result = await search(bench, { share, strategy: { ...strategy, seed } });
  const probabilities = result.logProbabilities.map((row) => row.map(Math.exp));
  const limitMs = limitOf(bench, share);
  const { entropy, loss, 'expected.latency': expectedMs, 'lambda.latency': lambda } = result.history.columns;
  return {
    limitMs,
    entropy: [entropy[0], entropy.at(-1)],
    expectedMsOfLast50: mean(expectedMs.slice(-50)),
    history: { entropy, expectedMs, lambda, loss },
    probabilities,
    scores: await scoreNetworks(bench, sampleNetworks(bench, probabilities, limitMs, seed, 'bench.gates')),
  };
};

/** Search and selection under a limit; the chosen network measured anew. */
export const limitArm = async (bench, share) => {
  const { searchSpace, costModel } = bench;
  const searchResult = await search(bench, { share, strategy: { seed: 0 } });
  const context = bench.context({ constraints: { latencyShare: share } });
  const architecture = await selectPass.run({ searchSpace, costModel, searchResult }, context);
  return {
    limitMs: limitOf(bench, share),
    expectedMsOfLast50: mean(searchResult.history.columns['expected.latency'].slice(-50)),
    architecture,
    measuredAgainMs: await measureNetwork(searchSpace, searchResult, architecture.choices, context),
  };
};

/**
 * `count` different networks from the smallest to the largest: at every choice the candidate of that rank by latency, every second
 * choice a little higher, so that rungs differ even where they are closer than the candidates.
 */
export const ladder = (bench, count) => {
  const { candidates: candidatesMs } = latencyCosts(bench.costModel);
  return Array.from({ length: count }, (_, rung) =>
    candidatesMs.map((candidates, choice) => {
      const order = candidates.map((_, index) => index).toSorted((a, b) => candidates[a] - candidates[b]);
      const shift = rung % (count - 1) === 0 ? 0 : choice % 2 === 0 ? -0.25 : 0.25;
      return order[Math.round((rung / (count - 1)) * (order.length - 1) + shift)];
    }),
  );
};

/** A network trained from scratch with a short recipe; judged on images held out from it (those of gates and scoring). */
export const trainArm = async (bench, choices, { epochs, learningRate, seed }) => {
  const { engineOptions, registry, searchSpace, dataset, costModel, checkpoint } = bench;
  const { train, scoring, archValidation } = splitTask(dataset, baseConfig.task, 0);
  const graph = instantiatePath(searchSpace.graph, choices);
  const shared = { ...images(bench), batchSize: 64 };
  const batches = batchSource({
    ...shared,
    subset: train,
    augmentation: dataset.defaultAugmentation,
    labelSmoothing: 0.1,
    seed,
    stream: 'bench.train',
  });
  const steps = stepsOf(epochs, batches);
  const program = await nativeEngine.compile(graph, {
    ...engineOptions,
    ops: registry.ops,
    patterns: registry.patterns,
    activePaths: 1,
    batchSize: 64,
  });
  try {
    await program.writeState({ parameters: initialiseParameters(graph, registry.ops, seed) });
    await trainNetwork({
      program,
      batches,
      steps,
      schedule: cosineSchedule({ learningRate, warmUpSteps: 0, steps }),
      optimizer: { momentum: 0.9, nesterov: true, weightDecay: 4e-5, decayRoles: ['weight'] },
      seed,
      stream: 'bench.train',
      at: 'bench',
      checkpoint,
      progress: () => {},
    });
    const statistics = await program.recalibrate(
      [],
      calibrationBatches(batchSource({ ...shared, subset: train, seed, stream: 'bench.statistics' })),
    );
    await program.writeState({ parameters: withStatistics((await program.readState()).parameters, statistics) });
    const indices = Uint32Array.from([...scoring.indices, ...archValidation.indices]);
    const { correct, count, crossEntropy } = await evaluateSubset(program, {
      ...shared,
      subset: { split: dataset.train, indices },
      checkpoint,
    });
    const macs = graph.nodes.reduce((sum, { id }) => sum + (searchSpace.costs[id]?.macs ?? 0), 0);
    return {
      choices,
      macs,
      predictedMs: pathCost(latencyCosts(costModel), choices),
      accuracy: (100 * correct) / count,
      crossEntropy,
    };
  } finally {
    await program.dispose();
  }
};
