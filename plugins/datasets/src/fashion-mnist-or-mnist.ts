// What the demo runs on: real images on any machine, without a download.
import type { DatasetDefinition } from '@nasc/core';
import { findFashionMnist, loadLocalFashionMnist } from './fashion-mnist.ts';
import { findMnist, loadMnist } from './mnist.ts';
import { resolutionOption, withResolution } from './resolution-option.ts';

export const fashionMnistOrMnist: DatasetDefinition = {
  name: 'fashion-mnist-or-mnist',
  description: 'Fashion-MNIST where it is on this machine, else the MNIST digits that are shipped with nasc.',
  optionsSchema: { type: 'object', additionalProperties: false, properties: { resolution: resolutionOption } },
  find: async (searchPath) => (await findFashionMnist(searchPath))?.folder ?? (await findMnist(searchPath)).source,
  async load(options, context) {
    const dataset = (await loadLocalFashionMnist(context)) ?? (await loadMnist(context));
    return withResolution(dataset, options['resolution']);
  },
};
