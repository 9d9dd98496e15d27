export * from './graph.ts';
export * from './macro.ts';
export * from './op.ts';
export * from './pattern.ts';
export * from './tensor.ts';
export * from './tensor-type.ts';
