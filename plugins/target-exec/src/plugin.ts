// The plugin that brings the target `exec`.
import { definePlugin } from '@nasc/core';
import { execTarget } from './exec-target.ts';

export const targetExec = definePlugin({
  name: 'target-exec',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addTarget(execTarget);
  },
});
