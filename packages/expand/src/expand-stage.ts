// Stage 1: a search space as data, and a data set, become a graph of choices among primitive ops.
import { definePart, definePlugin } from '@nasc/core';
import { attachCosts, checkLowerings, describeTaskPass, expandBlocks, resolveSpacePass } from './passes.ts';
import { spaceKey } from './space-source.ts';

export const expandStage = definePlugin({
  name: 'stage-expand',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addPart(
      definePart({
        stage: 'expand',
        name: 'expand',
        consumes: [],
        produces: 'searchSpace',
        per: 'run',
        dependsOn: ['data'],
        reads: ({ space, task }, folder) => ({
          space: spaceKey(space, folder),
          dataset: task.dataset,
          evaluationCrop: task.evaluationCrop,
          normalisation: task.normalisation,
        }),
        passes: [resolveSpacePass, describeTaskPass, expandBlocks, checkLowerings, attachCosts],
      }),
    );
  },
});
