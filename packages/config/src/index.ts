export { defineConfig } from './define-config.ts';
export type { Config, Named, OptimizerConfig } from './generated/config.ts';
export type { Space, Stage, BlockSpec, CandidateSpec } from './generated/space.ts';
export type { UserConfig } from './generated/user-config.ts';
export type { UserSpace } from './generated/user-space.ts';
export { validateOptions } from './validate/check-value.ts';
export type { JsonSchema } from './validate/json-schema.ts';
export { validateConfig, validateSpace } from './validate/validate-config.ts';
