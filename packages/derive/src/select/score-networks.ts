// Cross-entropy of networks on the scoring images under the shared weights: it ranks networks better than accuracy does, and
// better than the gates' probabilities, which mean little for paths that were rarely sampled.
import { taskDataset, withProgram } from '@nasc/core';
import type { Accuracy, PassContext, SearchResult, SearchSpaceArtifact } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { batchSource, scorePath, splitTask } from '@nasc/training';
import { remembering } from './remember.ts';

interface Searched {
  readonly searchSpace: SearchSpaceArtifact;
  readonly searchResult: SearchResult;
}

/**
 * Calls `use` with a function that judges a path; each path is judged once. It gives undefined where the search left no shared weights, or the
 * space is one network.
 */
export const withAccuracies = async <T>(
  { searchSpace, searchResult }: Searched,
  context: PassContext,
  use: (judge: (choices: readonly number[]) => Promise<Accuracy | undefined>) => Promise<T>,
): Promise<T> => {
  const { weights } = searchResult;
  if (!weights || choicesOf(searchSpace.graph).length === 0) return use(async () => undefined);
  const { config, checkpoint } = context;
  // As many at a time as the warm-up had memory for.
  const { batchSize } = config.train;
  const dataset = await taskDataset(context, searchSpace.task);
  const { train, scoring } = splitTask(dataset, config.task, config.seed);
  const images = { classes: dataset.classes.length, batchSize, normalisation: searchSpace.task.normalisation };
  const once = await remembering<Accuracy>(checkpoint.part('scores'));
  return withProgram(context, { graph: searchSpace.graph, parameters: weights, activePaths: 1, batchSize }, async (program) => {
    const calibration = batchSource({ ...images, subset: train, seed: config.seed, stream: 'select.calibration' });
    return use((path) => {
      const name = path.join('-');
      return once(name, () => {
        const begun = checkpoint.part(`score-${name}`);
        return scorePath(program, { ...images, subset: scoring, path, calibration, checkpoint: begun });
      });
    });
  });
};

/** The same with the mean cross-entropy, nats: the lower the better. */
export const withScores = <T>(
  searched: Searched,
  context: PassContext,
  use: (score: (choices: readonly number[]) => Promise<number | undefined>) => Promise<T>,
): Promise<T> => withAccuracies(searched, context, (judge) => use(async (choices) => (await judge(choices))?.crossEntropy));
