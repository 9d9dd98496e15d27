export * from './leftovers.ts';
export * from './lock.ts';
export * from './process-identity.ts';
export * from './write.ts';
export { explainingWriteErrors, isOutOfSpace, writeFailure } from './write-errors.ts';
