// The plugin that brings the target `onnxruntime`.
import { definePlugin } from '@nasc/core';
import { onnxRuntimeTarget } from './onnxruntime-target.ts';

export const targetOnnxRuntime = definePlugin({
  name: 'target-onnxruntime',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    api.addTarget(onnxRuntimeTarget);
  },
});
