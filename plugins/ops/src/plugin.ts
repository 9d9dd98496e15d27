// The plugin that brings the primitive ops.
import { definePlugin } from '@nasc/core';
import { primitiveOps } from './primitive-ops.ts';

export const opsPlugin = definePlugin({
  name: 'ops',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    for (const op of primitiveOps) api.addOp(op);
  },
});
