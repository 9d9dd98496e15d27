// The plugin that brings the primitive ops, the macros that expand to them, and the patterns that rewrite them.
import { definePlugin } from '@nasc/core';
import { macros } from './macros/macros.ts';
import { rewritingPatterns } from './patterns/patterns.ts';
import { primitiveOps } from './primitive-ops.ts';

export const opsPlugin = definePlugin({
  name: 'ops',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    for (const op of primitiveOps) api.addOp(op);
    for (const macro of macros) api.addMacro(macro);
    for (const pattern of rewritingPatterns) api.addPattern(pattern);
  },
});
