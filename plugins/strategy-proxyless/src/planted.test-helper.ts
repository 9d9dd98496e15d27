// A space whose answer is known: of the candidates of each choice one carries the image on, the others are all but constant.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchSource, Checkpoint, CostTable, SearchContext, SearchResult, StrategyDefinition } from '@nasc/core';
import { noCheckpoint, singlePath } from '@nasc/core';
import { validateOptions } from '@nasc/config';
import { nativeEngine } from '@nasc/engine-native';
import { buildGraph, choicesOf, float32, initialiseParameters, lookupOf, parameterId } from '@nasc/ir';
import type { TensorTable } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';
import { proxylessGradient } from './gradient/proxyless-gradient.ts';

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
export const graph = buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
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

const compile = () =>
  nativeEngine.compile(graph, {
    ops,
    patterns: lookupOf([]),
    activePaths: 1,
    batchSize,
    threads: 2,
    cacheFolder: join(tmpdir(), 'nasc-engine-native-test'),
  });

/** Weights after 60 steps along the planted path. */
const trained = async (): Promise<TensorTable> => {
  const program = await compile();
  await program.writeState({ parameters: initialiseParameters(graph, ops, 3) });
  const train = spots('train');
  const optimizer = { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0, decayRoles: [] } as const;
  for (let step = 0; step < 60; step++) {
    await program.trainStep(await train.batch(step), singlePath(planted), { batchNorm: 'update', randomKey: [0, step] }, optimizer);
  }
  const { parameters } = await program.readState();
  await program.dispose();
  return parameters;
};

/**
 * Trains the planted path; then the scales of the other candidates' normalisation are multiplied by `voice`: near 0 they carry nothing on,
 * at 1 they are merely worse.
 */
export const plantedWeights = async (voice: number): Promise<TensorTable> => {
  const parameters = await trained();
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

export const latencyTable = (constant: number, candidates: readonly (readonly number[])[], limit?: number): CostTable => ({
  name: 'latency',
  unit: 'ms',
  combine: 'sum',
  constant,
  candidates,
  limit,
});

export interface PlantedSearch {
  readonly strategy?: StrategyDefinition;
  readonly weights: TensorTable;
  readonly latency: CostTable;
  readonly options: Readonly<Record<string, unknown>>;
  readonly checkpoint?: Checkpoint;
}

export const searchPlanted = async ({
  strategy = proxylessGradient,
  weights,
  latency,
  options,
  checkpoint = noCheckpoint(),
}: PlantedSearch): Promise<SearchResult> => {
  const program = await compile();
  await program.writeState({ parameters: weights });
  // What a strategy reads of its context.
  const context: Pick<
    SearchContext,
    'config' | 'space' | 'costs' | 'program' | 'trainBatches' | 'validationBatches' | 'checkpoint' | 'progress' | 'report'
  > = {
    config: { seed: 4 } as SearchContext['config'],
    space: { name: 'planted', graph, costs: {}, task: {} as SearchContext['space']['task'] },
    costs: [latency],
    program,
    trainBatches: spots('train'),
    validationBatches: spots('validation'),
    checkpoint,
    progress: () => {},
    report: () => {},
  };
  try {
    return await strategy.search(context as SearchContext, validateOptions(strategy.optionsSchema, options, '/derive/strategy'));
  } finally {
    await program.dispose();
  }
};
