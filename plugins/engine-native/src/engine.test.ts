import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlainRunner } from '@nasc/c-emit';
import { singlePath } from '@nasc/core';
import type { CompileOptions, SgdOptions } from '@nasc/core';
import type { Graph } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { expect, test } from 'vitest';
import { nativeEngine } from './engine.ts';
import { mobileSpace, ops, pathNetwork, randomBatch, randomParameters, worstError } from './graphs.test-helper.ts';
import { referenceStep } from './reference.test-helper.ts';

const cacheFolder = join(tmpdir(), 'nasc-engine-native-test');
const patterns = { get: () => undefined, all: () => [] };

const compile = (graph: Graph, options: Partial<CompileOptions> = {}) =>
  nativeEngine.compile(graph, { ops, patterns, cacheFolder, threads: 2, batchSize: 8, activePaths: 1, ...options });

const runner = await createPlainRunner(primitiveOps, 'double');

const candidates = [
  { kernel: 3, expand: 3 },
  { kernel: 5, expand: 6 },
  { kernel: 7, expand: 1 },
] as const;

const space = mobileSpace({
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

const stepOptions = { gradients: 'weights', batchNorm: 'update', randomKey: [1, 2] } as const;
const sgd: SgdOptions = {
  kind: 'sgd',
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-2,
  decayRoles: ['weight', 'bias', 'scale'],
};

test('gradients of a path equal those of its network in float64', async () => {
  const program = await compile(space);
  const parameters = randomParameters(space, 1);
  await program.writeState({ parameters });
  for (const path of [
    [0, 1, 2],
    [3, 2, 0],
    [2, 0, 3],
  ]) {
    const batch = randomBatch(space, 6, 2);
    const expected = referenceStep(runner, pathNetwork(space, path), parameters, batch);
    const { loss } = await program.forwardBackward(batch, singlePath(path), { ...stepOptions, batchNorm: 'batch' });
    expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-5);
    const { error, id } = worstError(await program.readGradients(), expected.gradients);
    expect(error, id).toBeLessThan(1e-4);
    await program.applyUpdate({ ...sgd, learningRate: 0, weightDecay: 0 });
  }
  await program.dispose();
});
