export * from './derive-stage.ts';
export * from './latency-limit.ts';
export * from './latency-model.ts';
export * from './select/knapsack.ts';
export * from './select/measure-network.ts';
export * from './select/propose-networks.ts';
