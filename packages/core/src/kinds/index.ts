export * from './dataset.ts';
export * from './engine-checks.ts';
export * from './engine.ts';
export * from './latency-predictor.ts';
export * from './profile.ts';
export * from './space.ts';
export * from './strategy.ts';
export * from './target.ts';
