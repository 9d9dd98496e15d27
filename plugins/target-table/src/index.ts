export { targetTable } from './plugin.ts';
export { pixel1Target, tableTarget } from './table-target.ts';
