import { expect, test } from 'vitest';
import { loadPackage } from './load-library.ts';

const source = { nodeVersion: '22.1.0', resolve: () => {}, load: () => ({}) };
const failing = (message: string) => () => {
  throw new Error(message);
};

test.each([
  [{ nodeVersion: '24.0.1' }, '@tensorflow/tfjs-node-gpu runs on Node 20 to 22; this is Node 24.0.1.'],
  [{ resolve: failing('MODULE_NOT_FOUND') }, '@tensorflow/tfjs-node-gpu is not installed: `nasc setup tfjs` says how to install it.'],
  [
    { load: failing('The addon cannot be found at path: x.node.\nPlease run npm rebuild') },
    '@tensorflow/tfjs-node-gpu cannot be loaded (The addon cannot be found at path: x.node.): run `nasc setup tfjs`.',
  ],
])('why the library is missing, and what to do: %#', (changes, missing) => {
  expect(loadPackage({ ...source, ...changes })).toEqual({ missing });
});

test('the package is what was loaded', () => {
  const tf = {};
  expect(loadPackage({ ...source, load: () => tf })).toBe(tf);
});
