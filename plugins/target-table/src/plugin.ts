// The plugin that brings the targets `pixel1` and `table`.
import { definePlugin } from '@nasc/core';
import { pixel1Target, tableTarget } from './table-target.ts';

export const targetTable = definePlugin({
  name: 'target-table',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addTarget(pixel1Target);
    api.addTarget(tableTarget);
  },
});
