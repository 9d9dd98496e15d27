export { isNetConfig, readNetConfig } from './read-net-config.ts';
export { recogniseNetwork } from './recognise-network.ts';
export type { BlockLayers, NormalisedConvolution, RecognisedNetwork } from './recognise-network.ts';
export { readTorchTensor, torchParameters, torchShape } from './torch-parameters.ts';
export type { TorchParameter } from './torch-parameters.ts';
export { writeNetConfig } from './write-net-config.ts';
