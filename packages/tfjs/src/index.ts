export type { GradSaveFunc, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
export * from './differentiate.ts';
export * from './lowering.ts';
export * from './mask.ts';
export * from './tensorflow-ops.ts';
export * from './window.ts';
