// Stage 4 as a plugin. Three artifacts, so that another recipe repeats only the retraining, and another limit not the warm-up.
import { definePart, definePlugin } from '@nasc/core';
import { choosePathPass } from './choose-path-pass.ts';
import { startKey } from './load-weights.ts';
import { retrainPass } from './retrain-pass.ts';
import { searchPass } from './search-pass.ts';
import { selectPass } from './select/select-pass.ts';

export const deriveStage = definePlugin({
  name: 'stage-derive',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addPart(
      definePart({
        stage: 'derive',
        name: 'search',
        consumes: ['searchSpace', 'supernet', 'costModel'],
        produces: 'searchResult',
        perTarget: true,
        dependsOn: ['engine', 'data'],
        reads: ({ derive: { strategy }, constraints, task, seed, train: { batchSize, labelSmoothing } }) => ({
          strategy,
          constraints,
          task,
          seed,
          batchSize,
          labelSmoothing,
        }),
        passes: [searchPass],
      }),
    );
    api.addPart(
      definePart({
        stage: 'derive',
        name: 'select',
        consumes: ['searchSpace', 'costModel', 'searchResult'],
        produces: 'architecture',
        perTarget: true,
        dependsOn: ['engine', 'data', 'device'],
        reads: ({ derive: { select }, constraints, task, seed }) => ({ select, constraints, task, seed }),
        passes: [selectPass],
      }),
    );
    api.addPart(
      definePart({
        stage: 'derive',
        name: 'retrain',
        consumes: ['searchSpace', 'architecture', 'searchResult'],
        produces: 'derived',
        perTarget: true,
        dependsOn: ['engine', 'data'],
        reads: ({ derive: { retrain }, task, seed }, folder) => ({
          retrain: { ...retrain, from: startKey(retrain.from, folder) },
          task,
          seed,
        }),
        passes: [choosePathPass, retrainPass],
      }),
    );
  },
});
