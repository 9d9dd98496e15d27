// Stage 2 as a plugin: one part that does not know the target, so one warm-up serves all of them.
import { definePart, definePlugin } from '@nasc/core';
import { warmUp } from './warm-up.ts';

export const trainStage = definePlugin({
  name: 'stage-train',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addPart(
      definePart({
        stage: 'train',
        name: 'train',
        consumes: ['searchSpace'],
        produces: 'supernet',
        per: 'run',
        dependsOn: ['engine', 'data'],
        reads: ({ train, task, seed }) => ({ train, task, seed }),
        passes: [warmUp],
      }),
    );
  },
});
