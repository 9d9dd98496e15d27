export * from './philox.js';
export * from './random.js';
//# sourceMappingURL=index.js.map