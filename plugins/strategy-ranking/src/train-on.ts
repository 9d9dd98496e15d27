// Shared weights may be trained on before networks are ranked: the warm-up serves all strategies, and ranking is only as good as they are.
import type { SearchContext } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { cosineSchedule, trainNetwork, uniformMixtures } from '@nasc/training';
import type { RankingOptions } from './ranking-options.ts';

/** One uniformly sampled path a step, as in the warm-up, with a cosine of its own. Returns the images seen. */
export const trainOn = async (context: SearchContext, options: RankingOptions): Promise<number> => {
  const { weightSteps: steps, weightLearningRate: learningRate, momentum, weightDecay, decayRoles } = options;
  if (steps === 0) return 0;
  const seed = options.seed ?? context.config.seed;
  const { images } = await trainNetwork({
    program: context.program,
    batches: context.trainBatches,
    steps,
    schedule: cosineSchedule({ learningRate, warmUpSteps: 0, steps }),
    optimizer: { momentum, nesterov: true, weightDecay, decayRoles },
    path: uniformMixtures({ choices: choicesOf(context.space.graph), seed, stream: 'search.weightPath' }),
    seed,
    stream: 'search.weights',
    at: '/derive/strategy',
    checkpoint: context.checkpoint.part('weights'),
    progress: context.progress,
  });
  return images;
};
