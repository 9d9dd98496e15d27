// Stage 4 as a plugin. Four artifacts, so that another recipe repeats only the retraining, not its teacher's, and another limit not the warm-up.
import { definePart, definePlugin } from '@nasc/core';
import { choosePathPass } from './choose-path-pass.ts';
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
        name: 'teacher',
        consumes: ['searchSpace', 'supernet'],
        produces: 'teacher',
        perTarget: false,
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
        perTarget: true,
        dependsOn: ['engine', 'data'],
        reads: ({ derive: { retrain }, task, seed }) => ({ retrain, task, seed }),
        passes: [choosePathPass, retrainPass],
      }),
    );
  },
});
