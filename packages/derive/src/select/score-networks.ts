// Cross-entropy of networks on the scoring images under the shared weights: it ranks networks better than accuracy does, and
// better than the gates' probabilities, which mean little for paths that were rarely sampled.
import { taskDataset } from '@nasc/core';
import type { PassContext, SearchResult, SearchSpaceArtifact } from '@nasc/core';
import { batchSource, calibrationBatches, scorePath, splitTask } from '@nasc/training';

const batchSize = 128;

/** Calls `use` with a function that gives the mean cross-entropy of a path, nats. */
export const withScores = async <T>(
  { searchSpace, searchResult }: { readonly searchSpace: SearchSpaceArtifact; readonly searchResult: SearchResult },
  context: PassContext,
  use: (score: (choices: readonly number[]) => Promise<number>) => Promise<T>,
): Promise<T> => {
  const { config, registry, signal } = context;
  const dataset = await taskDataset(context, searchSpace.task);
  const { train, scoring } = splitTask(dataset, config.task, config.seed);
  const images = { classes: dataset.classes.length, batchSize, normalisation: searchSpace.task.normalisation };
  const { engine, options } = await context.engine();
  const program = await engine.compile(searchSpace.graph, {
    ...options,
    ops: registry.ops,
    patterns: registry.patterns,
    activePaths: 1,
    batchSize,
    signal,
  });
  try {
    await program.writeState({ parameters: searchResult.weights });
    const calibration = await calibrationBatches(
      batchSource({ ...images, subset: train, seed: config.seed, stream: 'select.calibration' }),
    );
    return await use(async (path) => (await scorePath(program, { ...images, subset: scoring, path, calibration, signal })).crossEntropy);
  } finally {
    await program.dispose();
  }
};
