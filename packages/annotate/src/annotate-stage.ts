// Stage 3: latency of every candidate at every choice, on the target.
import { definePart, definePlugin } from '@nasc/core';
import { checkSupport } from './check-support.ts';
import { checkCosts, measureBlocksPass, predictLatency } from './passes.ts';
import { tablePredictor } from './table-predictor.ts';

export const annotateStage = definePlugin({
  name: 'stage-annotate',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addLatencyPredictor(tablePredictor);
    api.addPart(
      definePart({
        stage: 'annotate',
        name: 'annotate',
        consumes: ['searchSpace'],
        produces: 'costModel',
        per: 'target',
        dependsOn: ['device'],
        reads: ({ annotate, seed }) => ({ annotate, seed }),
        passes: [checkSupport, measureBlocksPass, predictLatency, checkCosts],
      }),
    );
  },
});
