// The data set of a task without data: image size and classes, as far as a search space has to know them, and one black image.
import { definePlugin } from '@nasc/core';
import type { Plugin } from '@nasc/core';
import { inMemorySplit } from '@nasc/data';

export const sizedDatasetName = 'no-data';

interface SizedOptions {
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
}

export const sizedDataset: Plugin = definePlugin({
  name: 'no-data',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addDataset({
      name: sizedDatasetName,
      description: 'Sizes without images.',
      optionsSchema: {
        type: 'object',
        properties: { inputShape: { type: 'array' }, classes: { type: 'integer', minimum: 1 } },
        required: ['inputShape', 'classes'],
      },
      async load(options) {
        const { inputShape, classes } = options as unknown as SizedOptions;
        const [height, width, channels] = inputShape;
        const shape = { height, width, channels };
        const split = inMemorySplit(shape, new Uint8Array(height * width * channels), Uint16Array.of(0));
        return {
          ...shape,
          name: sizedDatasetName,
          classes: Array.from({ length: classes }, (_, index) => `class ${index}`),
          train: split,
          test: split,
          manifestHash: `${inputShape.join('x')} ${classes}`,
          source: 'nowhere',
          defaultAugmentation: {},
        };
      },
    });
  },
});
