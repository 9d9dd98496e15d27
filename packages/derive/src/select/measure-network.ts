// Latency of one network on the target, emitted and built as it would be deployed. Weights do not change latency, so the shared
// ones will do, or untrained ones where there are none.
import { legalize, sha256, withExecutable } from '@nasc/core';
import type { DeployableNetwork, PassContext, SearchResult, SearchSpaceArtifact } from '@nasc/core';
import { initialiseParameters } from '@nasc/ir';
import { foldBatchNorm, instantiate, removeDeadOps } from '@nasc/transforms';

const deployable = async (
  context: PassContext,
  { name, graph: space, task }: SearchSpaceArtifact,
  { weights = initialiseParameters(space, context.registry.ops, context.config.seed) }: SearchResult,
  choices: readonly number[],
): Promise<DeployableNetwork> => {
  const chosen = await instantiate.run({ graph: space, weights, choices }, context);
  const folded = await removeDeadOps.run(await foldBatchNorm.run(chosen, context), context);
  const graph = await legalize(folded.graph, context);
  const { classes, normalisation } = task;
  // Hundreds of choices would make a name that no file system takes.
  const path = sha256(choices.join(',')).slice(0, 16);
  return { name: `${name}_${path}`.replaceAll(/\W+/g, '_'), graph, weights: folded.weights, classes, normalisation };
};

/** Median milliseconds of one image; undefined where this machine cannot run the target. */
export const measureNetwork = async (
  space: SearchSpaceArtifact,
  result: SearchResult,
  choices: readonly number[],
  context: PassContext,
): Promise<number | undefined> => {
  const { target } = context;
  if (!target.build) return undefined;
  const network = await deployable(context, space, result, choices);
  const emitted = await target.emit(network, undefined, context);
  return withExecutable({ network, emitted }, context, async (executable, measuring) => (await executable.measure(measuring)).ms);
};
