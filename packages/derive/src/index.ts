export * from './derive-stage.ts';
export { checkWeightsFile } from './load-weights.ts';
export * from './search-pass.ts';
export * from './select/choose-network.ts';
export * from './select/measure-network.ts';
export * from './select/propose-networks.ts';
export * from './select/score-networks.ts';
export * from './select/select-pass.ts';
