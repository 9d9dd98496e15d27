export * from './diagnostic.ts';
export * from './did-you-mean.ts';
export * from './format.ts';
export * from './read-failure.ts';
