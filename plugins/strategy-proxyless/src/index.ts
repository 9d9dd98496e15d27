export * from './plugin.ts';
export * from './proxyless-gradient.ts';
