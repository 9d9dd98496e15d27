// The plugin that brings the strategies which judge whole networks.
import { definePlugin } from '@nasc/core';
import { evolution } from './evolution/evolution.ts';
import { random } from './random/random.ts';

export const strategyRanking = definePlugin({
  name: 'strategy-ranking',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addStrategy(random);
    api.addStrategy(evolution);
  },
});
