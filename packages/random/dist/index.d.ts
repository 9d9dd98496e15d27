export * from './philox.ts';
export * from './random.ts';
//# sourceMappingURL=index.d.ts.map