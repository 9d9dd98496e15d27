export * from './fashion-mnist-or-mnist.ts';
export * from './fashion-mnist.ts';
export * from './image-folder.ts';
export * from './mnist.ts';
export * from './plugin.ts';
