// Cross-entropy of networks on the scoring images under the shared weights: it ranks networks better than accuracy does, and
// better than the gates' probabilities, which mean little for paths that were rarely sampled.
import { taskDataset, withProgram } from '@nasc/core';
import type { PassContext, SearchResult, SearchSpaceArtifact } from '@nasc/core';
import { batchSource, scorePath, splitTask } from '@nasc/training';
import { remembering } from './remember.ts';

/**
 * Calls `use` with a function that gives the mean cross-entropy of a path, nats; each path is scored once. It gives undefined where the search
 * left no shared weights.
 */
export const withScores = async <T>(
  { searchSpace, searchResult }: { readonly searchSpace: SearchSpaceArtifact; readonly searchResult: SearchResult },
  context: PassContext,
  use: (score: (choices: readonly number[]) => Promise<number | undefined>) => Promise<T>,
): Promise<T> => {
  const { weights } = searchResult;
  if (!weights) return use(async () => undefined);
  const { config, checkpoint } = context;
  // As many at a time as the warm-up had memory for.
  const { batchSize } = config.train;
  const dataset = await taskDataset(context, searchSpace.task);
  const { train, scoring } = splitTask(dataset, config.task, config.seed);
  const images = { classes: dataset.classes.length, batchSize, normalisation: searchSpace.task.normalisation };
  const once = await remembering<number>(checkpoint.part('scores'));
  return withProgram(context, { graph: searchSpace.graph, parameters: weights, activePaths: 1, batchSize }, async (program) => {
    const calibration = batchSource({ ...images, subset: train, seed: config.seed, stream: 'select.calibration' });
    return use((path) => {
      const name = path.join('-');
      return once(name, async () => {
        const begun = checkpoint.part(`score-${name}`);
        return (await scorePath(program, { ...images, subset: scoring, path, calibration, checkpoint: begun })).crossEntropy;
      });
    });
  });
};
