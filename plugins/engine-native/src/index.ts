export { nativeEngine } from './engine.ts';
export { engineNativePlugin } from './plugin.ts';
