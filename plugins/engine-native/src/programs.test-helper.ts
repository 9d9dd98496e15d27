// The space that most tests run, programs for it, and the float64 reference.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompileOptions, Program, SgdOptions, StepOptions } from '@nasc/core';
import type { Graph, PatternLookup, Tensor } from '@nasc/ir';
import { nativeEngine } from './engine.ts';
import { nativePatterns } from './fused/patterns.ts';
import { mobileSpace, ops, randomParameters } from './graphs.test-helper.ts';

export const cacheFolder = join(tmpdir(), 'nasc-engine-native-test');
export const noPatterns: PatternLookup = { get: () => undefined, all: () => [] };
export const patterns: PatternLookup = {
  get: (name) => nativePatterns.find((pattern) => pattern.name === name),
  all: () => nativePatterns,
};

export const compileFor = (graph: Graph, options: Partial<CompileOptions> = {}): Promise<Program> =>
  nativeEngine.compile(graph, { ops, patterns, cacheFolder, threads: 2, batchSize: 8, activePaths: 1, ...options });

/** Kernels 3, 5 and 7, with and without expansion; channels that are no multiple of any vector. */
export const candidates = [
  { kernel: 3, expand: 3 },
  { kernel: 5, expand: 6 },
  { kernel: 7, expand: 1 },
] as const;

export const smallSpace: Graph = mobileSpace({
  size: 15,
  channels: 3,
  stem: 10,
  blocks: [
    { width: 10, candidates },
    { width: 13, stride: 2, candidates },
    { width: 13, candidates },
  ],
  head: 20,
  classes: 7,
});

/** Index of Zero where a block has it. */
export const zeroIndex = candidates.length;

/** A program with parameters already written. */
export const programWith = async (
  parameters: ReadonlyMap<string, Tensor> = randomParameters(smallSpace, 1),
  options: Partial<CompileOptions> = {},
): Promise<Program> => {
  const program = await compileFor(smallSpace, options);
  await program.writeState({ parameters });
  return program;
};

export const stepOptions: StepOptions = { gradients: 'weights', batchNorm: 'update', randomKey: [1, 2] };

export const sgd: SgdOptions = {
  kind: 'sgd',
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-2,
  decayRoles: ['weight', 'bias', 'scale'],
};
