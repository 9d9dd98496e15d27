// What one network needs in memory and storage, as the target will emit it.
import { legalize, measureContext } from '@nasc/core';
import type { Footprint, PassContext, SearchSpaceArtifact } from '@nasc/core';
import { deployedGraph } from '@nasc/transforms';

/** Undefined where the target does not plan memory. `code`: whether the code is compiled for its size. */
export const planNetwork = async (
  { name, graph: space, task }: SearchSpaceArtifact,
  choices: readonly number[],
  context: PassContext,
  wanted: { readonly code: boolean },
): Promise<Footprint | undefined> => {
  const { target, registry } = context;
  if (!target.footprint) return undefined;
  const graph = await legalize(deployedGraph(space, choices, registry.patterns), context);
  const { classes, normalisation } = task;
  return target.footprint(
    { name: name.replaceAll(/\W+/g, '_'), graph, classes, normalisation },
    measureContext(context, 'networks'),
    wanted,
  );
};
