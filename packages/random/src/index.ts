export * from './philox.ts';
export * from './random.ts';
