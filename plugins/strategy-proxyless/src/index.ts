export * from './gradient/proxyless-gradient.ts';
export * from './plugin.ts';
export * from './reinforce/proxyless-reinforce.ts';
