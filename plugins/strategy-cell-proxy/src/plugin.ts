// The plugin that brings the search of cells by proxy.
import { definePlugin } from '@nasc/core';
import { cellProxy } from './cell-proxy.ts';

export const strategyCellProxy = definePlugin({
  name: 'strategy-cell-proxy',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addStrategy(cellProxy);
  },
});
