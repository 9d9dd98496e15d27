// The plugin that brings the engine on TensorFlow.
import { definePlugin } from '@nasc/core';
import { tfjsEngine } from './engine.ts';

export const engineTfjsPlugin = definePlugin({
  name: 'engine-tfjs',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addEngine(tfjsEngine);
  },
});
