// An engine as the suites see it.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompileOptions, Program, TrainingEngine } from '@nasc/core';
import { nativePatterns } from '@nasc/engine-native';
import type { Graph, PatternLookup, Tensor } from '@nasc/ir';
import { ops, randomParameters } from './graphs.ts';
import { nativeUnderTest } from './native-under-test.ts';
import { smallSpace } from './small-space.ts';

export interface EngineUnderTest {
  readonly engine: TrainingEngine;
  /** What the suites that need no special graph run. */
  readonly space: Graph;
  readonly options: Partial<CompileOptions>;
}

const patterns: PatternLookup = {
  get: (name) => nativePatterns.find((pattern) => pattern.name === name),
  all: () => nativePatterns,
};
export const noPatterns: PatternLookup = { get: () => undefined, all: () => [] };

export const native: EngineUnderTest = {
  engine: nativeUnderTest,
  space: smallSpace,
  options: { patterns, cacheFolder: join(tmpdir(), 'nasc-engine-native-test'), threads: 2 },
};

export const compileFor = ({ engine, options }: EngineUnderTest, graph: Graph, more: Partial<CompileOptions> = {}): Promise<Program> =>
  engine.compile(graph, {
    ops,
    patterns: noPatterns,
    cacheFolder: tmpdir(),
    threads: 1,
    batchSize: 8,
    activePaths: 1,
    ...options,
    ...more,
  });

/** A program of the engine's space with parameters already written. */
export const programWith = async (
  under: EngineUnderTest,
  parameters: ReadonlyMap<string, Tensor> = randomParameters(under.space, 1),
  more: Partial<CompileOptions> = {},
): Promise<Program> => {
  const program = await compileFor(under, under.space, more);
  await program.writeState({ parameters });
  return program;
};
