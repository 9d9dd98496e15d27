export * from './darts.ts';
export * from './mixed-loss-gradient.ts';
export * from './plugin.ts';
