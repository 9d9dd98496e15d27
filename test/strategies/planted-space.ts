// A space whose answer is known, for tests of strategies: of the candidates of each choice one carries the image on, the others are all but
// constant.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateOptions } from '@nasc/config';
import type { BatchSource, Checkpoint, CostTable, PathScore, Program, SearchContext, SearchResult, StrategyDefinition } from '@nasc/core';
import { noCheckpoint, singlePath } from '@nasc/core';
import type { Diagnostic } from '@nasc/diagnostics';
import { nativeEngine } from '@nasc/engine-native';
import { buildGraph, choicesOf, float32, initialiseParameters, lookupOf, parameterId } from '@nasc/ir';
import type { TensorTable } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';

export const planted = [2, 0, 3] as const;
const batchSize = 32;
const ops = lookupOf(primitiveOps);

const candidates = [
  { name: 'a', macro: 'convBnAct', attributes: { kernel: 3, width: 6 } },
  { name: 'b', macro: 'convBnAct', attributes: { kernel: 5, width: 6 } },
  { name: 'c', macro: 'convBnAct', attributes: { kernel: 3, width: 6 } },
  { name: 'd', macro: 'convBnAct', attributes: { kernel: 1, width: 6 } },
];

/** No shortcuts: a constant candidate loses the image. */
const graph = buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
  let value = builder.macro('stem', 'convBnAct', [builder.input('image', float32(4, 4, 1))], { kernel: 3, width: 6 });
  for (const name of ['first', 'second', 'third']) value = builder.choice(name, [value], candidates);
  return builder.op('logits', 'linear', [builder.op('flat', 'reshape', [value], { shape: [96] })], { width: 3 });
});

/** A bright column at the left, at the right, or none, in noise. */
const spots = (stream: string): BatchSource => ({
  count: 10_000,
  batchSize,
  batch: (step) => {
    const random = new Random({ seed: 1, stream, step });
    const labels = Uint8Array.from({ length: batchSize }, () => random.integer(3));
    const images = Float32Array.from({ length: batchSize * 16 }, (_, position) => {
      const label = labels[position >> 4]!;
      return random.normal() + (label < 2 && position % 4 === 3 * label ? 2 : 0);
    });
    const targets = Float32Array.from({ length: batchSize * 3 }, (_, position) =>
      labels[Math.floor(position / 3)] === position % 3 ? 1 : 0,
    );
    return Promise.resolve({ count: batchSize, images, targets });
  },
});

const compile = (activePaths: 1 | 2 | 'all') =>
  nativeEngine.compile(graph, {
    ops,
    patterns: lookupOf([]),
    activePaths,
    batchSize,
    threads: 2,
    cacheFolder: join(tmpdir(), 'nasc-engine-native-test'),
  });

/**
 * Trains the planted path for 60 steps; then the scales of the other candidates' normalisation are multiplied by `voice`: near 0 they carry
 * nothing on, at 1 they are merely worse.
 */
export const plantedWeights = async (voice: number): Promise<TensorTable> => {
  const program = await compile(1);
  await program.writeState({ parameters: initialiseParameters(graph, ops, 3) });
  const train = spots('train');
  const optimizer = { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0, decayRoles: [] } as const;
  for (let step = 0; step < 60; step++) {
    await program.trainStep(await train.batch(step), singlePath(planted), { batchNorm: 'update', randomKey: [0, step] }, optimizer);
  }
  const { parameters } = await program.readState();
  await program.dispose();
  const silenced = new Set(
    choicesOf(graph).flatMap(({ candidates: all }, choice) =>
      all
        .filter((_, index) => index !== planted[choice])
        .map((candidate) => parameterId(candidate.graph.nodes.find(({ op }) => op === 'batchNorm')!.id, 'scale')),
    ),
  );
  return new Map(
    [...parameters].map(([id, tensor]) => [id, silenced.has(id) ? { ...tensor, data: tensor.data.map((value) => value * voice) } : tensor]),
  );
};

/** Milliseconds that add up: `planted` for the planted candidates, `others` for all others, and 0.5 that are fixed. */
export const latencies = (costs: { readonly planted: number; readonly others: number }, limit?: number): readonly CostTable[] => [
  {
    name: 'latency',
    unit: 'ms',
    combine: 'sum',
    constant: 0.5,
    candidates: planted.map((chosen) => candidates.map((_, candidate) => (candidate === chosen ? costs.planted : costs.others))),
    limit,
  },
];

/** On two batches, with statistics of another two. */
const scoreOf = async (program: Program, path: readonly number[]): Promise<PathScore> => {
  const source = spots('score');
  const statistics = await program.recalibrate(singlePath(path), [await source.batch(0), await source.batch(1)]);
  let [correct, count, lossSum] = [0, 0, 0];
  for (const step of [2, 3]) {
    const scores = await program.evaluate(await source.batch(step), singlePath(path), statistics);
    correct += scores.correct;
    count += scores.count;
    lossSum += scores.lossSum;
  }
  return { accuracy: { correct, correctTop5: count, count, crossEntropy: lossSum / count }, imagesForwardBackward: (4 * batchSize) / 3 };
};

export interface PlantedSearch {
  readonly weights: TensorTable;
  readonly costs: readonly CostTable[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly checkpoint?: Checkpoint;
  readonly report?: (diagnostic: Diagnostic) => void;
}

export const searchPlanted = async (
  strategy: StrategyDefinition,
  { weights, costs, options = {}, checkpoint = noCheckpoint(), report = () => {} }: PlantedSearch,
): Promise<SearchResult> => {
  const program = await compile(strategy.requirements.activePaths);
  await program.writeState({ parameters: weights });
  // What such a strategy reads of its context.
  const context: Pick<
    SearchContext,
    'config' | 'space' | 'costs' | 'program' | 'trainBatches' | 'validationBatches' | 'score' | 'checkpoint' | 'progress' | 'report'
  > = {
    config: { seed: 4 } as SearchContext['config'],
    space: { name: 'planted', graph, costs: {}, task: {} as SearchContext['space']['task'] },
    costs,
    program,
    trainBatches: spots('train'),
    validationBatches: spots('validation'),
    score: (path) => scoreOf(program, path),
    checkpoint,
    progress: () => {},
    report,
  };
  try {
    return await strategy.search(context as SearchContext, validateOptions(strategy.optionsSchema, options, '/derive/strategy'));
  } finally {
    await program.dispose();
  }
};
