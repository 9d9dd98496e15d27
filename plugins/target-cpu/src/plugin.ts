// The plugin that brings the target `cpu`.
import { definePlugin } from '@nasc/core';
import { cpuTarget } from './cpu-target.ts';

export const targetCpu = definePlugin({
  name: 'target-cpu',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addTarget(cpuTarget);
  },
});
