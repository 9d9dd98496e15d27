// The plugin that brings the paper's two strategies.
import { definePlugin } from '@nasc/core';
import { proxylessGradient } from './gradient/proxyless-gradient.ts';
import { proxylessReinforce } from './reinforce/proxyless-reinforce.ts';

export const strategyProxyless = definePlugin({
  name: 'strategy-proxyless',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addStrategy(proxylessGradient);
    api.addStrategy(proxylessReinforce);
  },
});
