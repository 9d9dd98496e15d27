// The plugin that brings the native engine.
import { definePlugin } from '@nasc/core';
import { nativeEngine } from './engine.ts';
import { nativePatterns } from './fused/patterns.ts';

export const engineNativePlugin = definePlugin({
  name: 'engine-native',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addEngine(nativeEngine);
    for (const pattern of nativePatterns) api.addPattern(pattern);
  },
});
