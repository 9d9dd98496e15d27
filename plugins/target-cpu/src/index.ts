export { cpuTarget } from './cpu-target.ts';
export { targetCpu } from './plugin.ts';
