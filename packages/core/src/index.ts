export * from './artifacts.ts';
export * from './hooks.ts';
export * from './kinds/index.ts';
export * from './part.ts';
export * from './pass.ts';
export * from './plugin.ts';
export * from './progress.ts';
export * from './registry.ts';
