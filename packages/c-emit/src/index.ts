export * from './compiler.ts';
export * from './lowering.ts';
export * from './prelude.ts';
