export { compileObserved, createNativeEngine, nativeEngine } from './engine.ts';
export type { StepObserver, TimedCall } from './step-profile.ts';
export { engineNativePlugin } from './plugin.ts';
export { expansionPattern, nativePatterns } from './fused/patterns.ts';
export type { NativeMatch, NativePatternLowering, Normalised } from './fused/native-pattern.ts';
