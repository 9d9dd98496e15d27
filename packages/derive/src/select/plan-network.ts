// What one network needs in memory and storage, as the target will emit it.
import { legalize, measureContext } from '@nasc/core';
import type { CostTable, Footprint, PassContext, SearchSpaceArtifact } from '@nasc/core';
import { costNamed } from '@nasc/search';
import { deployedGraph } from '@nasc/transforms';
import { remembering } from './remember.ts';

/** Undefined where the target does not plan memory. `code`: whether the code is compiled for its size. */
const planNetwork = async (
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

/** Plans a network once, through any number of interruptions; its code is compiled where storage is limited. */
export const planning = async (
  space: SearchSpaceArtifact,
  costs: readonly CostTable[],
  context: PassContext,
): Promise<(choices: readonly number[]) => Promise<Footprint | undefined>> => {
  const once = await remembering<Footprint | undefined>(context.checkpoint.part('footprints'));
  const code = costNamed(costs, 'storage').limit !== undefined;
  return (choices) => once(choices.join('-'), () => planNetwork(space, choices, context, { code }));
};
