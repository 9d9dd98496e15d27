// The plugin that brings the data sets.
import { definePlugin } from '@nasc/core';
import { cifar10 } from './cifar10.ts';
import { fashionMnistOrMnist } from './fashion-mnist-or-mnist.ts';
import { fashionMnist } from './fashion-mnist.ts';
import { imageFolder } from './image-folder.ts';
import { mnist } from './mnist.ts';

export const datasetsPlugin = definePlugin({
  name: 'datasets',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    for (const dataset of [fashionMnist, mnist, fashionMnistOrMnist, cifar10, imageFolder]) api.addDataset(dataset);
  },
});
