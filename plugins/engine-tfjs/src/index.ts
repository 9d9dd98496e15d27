export { createTfjsEngine, tfjsEngine } from './engine.ts';
export type { Library, LoadLibrary } from './load-library.ts';
export { engineTfjsPlugin } from './plugin.ts';
export { findNvidiaGpu } from './setup/nvidia-gpu.ts';
