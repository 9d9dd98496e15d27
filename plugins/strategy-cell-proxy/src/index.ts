export * from './best-cells.ts';
export * from './cell-proxy.ts';
export * from './find-cells.ts';
export * from './plugin.ts';
export * from './proxy-graph.ts';
