export { blockKey, nothingKey } from './keys/block-key.ts';
export type { Block } from './keys/block-key.ts';
export { describeSpace } from './keys/describe-space.ts';
export { findSpace, isSameSpace } from './keys/match-space.ts';
export { blockTable, missingKeys, normalised, unitKey } from './table/block-table.ts';
export type { BlockTable, TableEntry } from './table/block-table.ts';
