// The networks of a front, each measured as it would be deployed.
import { definePass } from '@nasc/core';
import type { ConsumedArtifacts, FrontLatencies, PassContext } from '@nasc/core';
import { measureNetwork } from '../select/measure-network.ts';
import { remembering } from '../select/remember.ts';

export const frontLatenciesPass = definePass({
  name: 'frontLatencies',
  async run(
    { searchSpace, searchResult, front: { points } }: ConsumedArtifacts<'searchSpace' | 'searchResult' | 'front'>,
    context: PassContext,
  ): Promise<FrontLatencies> {
    const { checkpoint, target } = context;
    if (!target.build) return { measuredMs: undefined };
    const once = await remembering<number>(checkpoint.part('measurements'));
    const measuredMs: number[] = [];
    for (const { choices } of points) {
      context.progress(measuredMs.length, points.length, 'networks', 'measuring');
      const name = choices.join('-');
      const own = { ...context, checkpoint: checkpoint.part(name), progress: () => {} };
      measuredMs.push(await once(name, async () => (await measureNetwork(searchSpace, searchResult, choices, own))!));
    }
    context.progress(measuredMs.length, points.length, 'networks', 'measuring');
    return { measuredMs };
  },
});
