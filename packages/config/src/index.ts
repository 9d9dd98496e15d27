export type { Config, OptimizerConfig } from './generated/config.ts';
export type { UserConfig } from './generated/user-config.ts';
export type { Space, Stage, BlockSpec, CandidateSpec } from './generated/space.ts';
export type { UserSpace } from './generated/user-space.ts';
