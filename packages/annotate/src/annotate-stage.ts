// Stage 3: latency of every candidate at every choice, on the target.
import { definePart, definePlugin } from '@nasc/core';
import { profilesKey } from '@nasc/profile';
import { checkSupport } from './check-support.ts';
import { checkCosts, measureBlocksPass, predictLatency } from './passes.ts';
import { planFootprint } from './plan-footprint.ts';

export const annotateStage = definePlugin({
  name: 'stage-annotate',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addPart(
      definePart({
        stage: 'annotate',
        name: 'annotate',
        consumes: ['searchSpace'],
        produces: 'costModel',
        per: 'target',
        dependsOn: ['device'],
        reads: ({ annotate, seed }, folder) => ({ annotate: { ...annotate, profiles: profilesKey(annotate.profiles, folder) }, seed }),
        passes: [checkSupport, measureBlocksPass, predictLatency, planFootprint, checkCosts],
      }),
    );
  },
});
