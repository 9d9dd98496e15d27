export * from './evolution/evolution.ts';
export * from './feasible-networks.ts';
export * from './plugin.ts';
export * from './random/random.ts';
