export * from './lowering.ts';
