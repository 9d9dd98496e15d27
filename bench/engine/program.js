// Ours: a compiled program and its three kinds of steps, each of which answers its milliseconds.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { singlePath } from '../../packages/core/dist/index.js';
import { initialiseParameters } from '../../packages/ir/dist/index.js';
import { nativeEngine } from '../../plugins/engine-native/dist/index.js';
import { otherOf, randomBatch, registry } from './cases.js';

export const cacheFolder = join(tmpdir(), 'nasc-bench-engine');

/** As the published search trains. */
export const sgd = {
  kind: 'sgd',
  learningRate: 0.025,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 4e-5,
  decayRoles: ['weight', 'bias', 'scale'],
};

export const stepKinds = ['weight', 'two', 'full_v2'];

export const compileOptions = (task, threads) => ({
  ops: registry.ops,
  patterns: registry.patterns,
  threads,
  cacheFolder,
  activePaths: 1,
  batchSize: task.batchSize,
});

/** Steps of a program on one batch; `run(kind, path)` hands on what the program answers. */
export const stepsOf = (task, program) => {
  const batch = randomBatch(task);
  const random = { randomKey: [1, 2] };
  const run = {
    weight: (path) => program.trainStep(batch, singlePath(path), { ...random, batchNorm: 'update' }, sgd),
    two: (path) => program.candidateGradients(batch, { mode: 'two', active: path, other: otherOf(task, path) }, random),
    full_v2: (path) => program.candidateGradients(batch, { mode: 'full_v2', active: path }, random),
  };
  return {
    batch,
    run: (kind, path) => run[kind](path),
    async milliseconds(kind, path) {
      const started = performance.now();
      await run[kind](path);
      return performance.now() - started;
    },
  };
};

/** `compile`: an engine's, or one that observes. */
export const createProgram = async (task, { threads, parameters, compile = nativeEngine.compile, options = {} }) => {
  const program = await compile(task.graph, { ...compileOptions(task, threads), ...options });
  await program.writeState({ parameters: parameters ?? initialiseParameters(task.graph, registry.ops, 1) });
  return { program, ...stepsOf(task, program) };
};
