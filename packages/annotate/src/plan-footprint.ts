// What every part of the space needs in memory and storage, as the target plans it: limits on these then mean what will be emitted.
import { definePass, legalize, measureContext } from '@nasc/core';
import type { BlockFootprint, FootprintModel, PassContext } from '@nasc/core';
import { choicesOf, unitsOf } from '@nasc/ir';
import { deployedGraph } from '@nasc/transforms';
import { coveringPaths } from './check-support.ts';
import type { PredictedCosts } from './passes.ts';

const nothing: BlockFootprint = { memoryBytes: 0, weightBytes: 0 };

/** Plans as few networks as hold every candidate, and takes from each what it says of its own candidates. */
export const planFootprint = definePass({
  name: 'planFootprint',
  async run(predicted: PredictedCosts, context: PassContext): Promise<PredictedCosts> {
    const { target, registry } = context;
    if (!target.footprint) return predicted;
    const { searchSpace, costModel } = predicted;
    const { graph: space, task, name } = searchSpace;
    const unitOf = unitsOf(space.groups);
    const units = choicesOf(space).map(unitOf);
    const choices: BlockFootprint[][] = units.map(() => []);
    const fixed: Record<string, BlockFootprint> = {};
    for (const path of coveringPaths(space)) {
      const graph = await legalize(deployedGraph(space, path, registry.patterns), context);
      const { classes, normalisation } = task;
      const { blocks } = await target.footprint({ name, graph, classes, normalisation }, measureContext(context, 'networks'), {
        code: false,
      });
      for (const [choice, candidate] of path.entries()) choices[choice]![candidate] = blocks[units[choice]!] ?? nothing;
      for (const [unit, { memoryBytes, weightBytes }] of Object.entries(blocks)) {
        if (units.includes(unit)) continue;
        const before = fixed[unit] ?? nothing;
        fixed[unit] = {
          memoryBytes: Math.max(before.memoryBytes, memoryBytes),
          weightBytes: Math.max(before.weightBytes, weightBytes),
        };
      }
    }
    const footprint: FootprintModel = { choices, fixed };
    return { ...predicted, costModel: { ...costModel, footprint } };
  },
});
