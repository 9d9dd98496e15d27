export * from './gradient/architecture-step.ts';
export { optionsSchema as gradientOptionsSchema } from './gradient/options.ts';
export type { GradientOptions } from './gradient/options.ts';
export * from './gradient/proxyless-gradient.ts';
export * from './plugin.ts';
export * from './reinforce/proxyless-reinforce.ts';
