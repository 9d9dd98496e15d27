// Stage 4 as a plugin. Four artifacts, so that another recipe repeats only the retraining, not its teacher's, and another limit not the warm-up;
// two more on demand, so that a front is measured without being scored again.
import { definePart, definePlugin } from '@nasc/core';
import { choosePathPass } from './choose-path-pass.ts';
import { frontLatenciesPass } from './front/front-latencies-pass.ts';
import { frontPass } from './front/front-pass.ts';
import { startKey } from './load-weights.ts';
import { retrainPass } from './retrain-pass.ts';
import { searchPass } from './search-pass.ts';
import { trainTeacherPass } from './train-teacher-pass.ts';
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
        per: 'network',
        dependsOn: ['engine', 'data', 'limits'],
        reads: ({ derive: { strategy }, task, seed, train: { batchSize, labelSmoothing } }) => ({
          strategy,
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
        per: 'network',
        dependsOn: ['engine', 'data', 'device', 'limits'],
        reads: ({ derive: { select }, task, seed, train: { batchSize } }) => ({ select, task, seed, batchSize }),
        passes: [selectPass],
      }),
    );
    api.addPart(
      definePart({
        stage: 'derive',
        name: 'front',
        consumes: ['searchSpace', 'costModel', 'searchResult'],
        produces: 'front',
        per: 'network',
        onDemand: true,
        dependsOn: ['engine', 'data', 'limits'],
        reads: ({ derive: { front }, task, seed, train: { batchSize } }) => ({ front, task, seed, batchSize }),
        passes: [frontPass],
      }),
    );
    api.addPart(
      definePart({
        stage: 'derive',
        name: 'frontLatencies',
        consumes: ['searchSpace', 'searchResult', 'front'],
        produces: 'frontLatencies',
        per: 'network',
        onDemand: true,
        dependsOn: ['device'],
        reads: ({ seed }) => ({ seed }),
        passes: [frontLatenciesPass],
      }),
    );
    api.addPart(
      definePart({
        stage: 'derive',
        name: 'teacher',
        consumes: ['searchSpace', 'supernet'],
        produces: 'teacher',
        per: 'run',
        dependsOn: ['engine', 'data'],
        // Nothing of the student's alone, so that another student has the same teacher.
        reads({ derive: { retrain }, task, seed }) {
          const { distillation, from: _from, epochs: _epochs, ...recipe } = retrain;
          if (!distillation) return null;
          const { teacher, from, epochs } = distillation;
          return { recipe, teacher, from, epochs, task, seed };
        },
        passes: [trainTeacherPass],
      }),
    );
    api.addPart(
      definePart({
        stage: 'derive',
        name: 'retrain',
        consumes: ['searchSpace', 'architecture', 'searchResult', 'teacher'],
        produces: 'derived',
        per: 'network',
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
