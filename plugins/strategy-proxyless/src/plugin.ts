// The plugin that brings the strategy `proxyless-gradient`.
import { definePlugin } from '@nasc/core';
import { proxylessGradient } from './proxyless-gradient.ts';

export const strategyProxyless = definePlugin({
  name: 'strategy-proxyless',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addStrategy(proxylessGradient);
  },
});
