// Latency of one network on the target, emitted and built as it would be deployed. Weights do not change latency, so the shared
// ones will do.
import type { DeployableNetwork, MeasureContext, PassContext, SearchResult, SearchSpaceArtifact } from '@nasc/core';
import { foldBatchNorm, instantiate, removeDeadOps } from '@nasc/transforms';

const deployable = async (
  { name, graph: space, task }: SearchSpaceArtifact,
  { weights }: SearchResult,
  choices: readonly number[],
  context: PassContext,
): Promise<DeployableNetwork> => {
  const chosen = await instantiate.run({ graph: space, weights, choices }, context);
  const folded = await removeDeadOps.run(await foldBatchNorm.run(chosen, context), context);
  let { graph } = folded;
  for (const pass of context.target.legalize) graph = await pass.run(graph, context);
  const { classes, normalisation } = task;
  return { name: `${name}_${choices.join('_')}`.replaceAll(/\W+/g, '_'), graph, weights: folded.weights, classes, normalisation };
};

/** Median milliseconds of one image; undefined where this machine cannot run the target. */
export const measureNetwork = async (
  space: SearchSpaceArtifact,
  result: SearchResult,
  choices: readonly number[],
  context: PassContext,
): Promise<number | undefined> => {
  const { target, signal, config, cacheFolder, registry } = context;
  if (!target.build) return undefined;
  const network = await deployable(space, result, choices, context);
  const measuring: MeasureContext = {
    signal,
    seed: config.seed,
    cacheFolder,
    registry,
    checkpoint: context.checkpoint,
    progress: (done, total, message) => context.progress(done, total, 'samples', message),
  };
  const executable = await target.build(await target.emit(network, undefined, context), network, measuring);
  try {
    return (await executable.measure(measuring)).ms;
  } finally {
    await executable.dispose();
  }
};
