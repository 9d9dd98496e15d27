export * from './instantiate-path.ts';
export * from './match-patterns.ts';
export * from './passes.ts';
export * from './remove-unused.ts';
export * from './regularise.ts';
export * from './rewrite.ts';
export * from './rewrite-network.ts';
export * from './weighted-network.ts';
