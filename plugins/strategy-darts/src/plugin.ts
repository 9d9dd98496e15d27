// The plugin that brings DARTS.
import { definePlugin } from '@nasc/core';
import { darts } from './darts.ts';

export const strategyDarts = definePlugin({
  name: 'strategy-darts',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addStrategy(darts);
  },
});
