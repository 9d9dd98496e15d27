export { execTarget } from './exec-target.ts';
export { targetExec } from './plugin.ts';
