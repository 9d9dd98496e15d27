export { onnxRuntimeTarget } from './onnxruntime-target.ts';
export { targetOnnxRuntime } from './plugin.ts';
