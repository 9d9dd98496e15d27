export * from './layout.ts';
export * from './lowering.ts';
