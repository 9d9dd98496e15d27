// An engine on TensorFlow.js leaves no tensor behind.
import { singlePath } from '@nasc/core';
import type { Program } from '@nasc/core';
import { expect, test } from 'vitest';
import { compileFor, programWith } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { randomBatch, randomParameters } from './graphs.ts';
import { sgd, stepOptions, zeroIndex } from './small-space.ts';

/** `countTensors`: what the library holds. */
export const tensorsSuite = (under: EngineUnderTest, countTensors: () => number): void => {
  const { space } = under;
  const batch = randomBatch(space, 4, 1);
  const key = { randomKey: [1, 2] } as const;
  const path = singlePath([0, 1, zeroIndex]);
  const mixture = [{ indices: [0, 1], weights: [0.3, 0.7] }, ...singlePath([0, 2])];

  const kinds: Readonly<Record<string, (program: Program) => Promise<unknown>>> = {
    trainStep: (program) => program.trainStep(batch, path, { ...key, batchNorm: 'update' }, sgd),
    'step with running statistics': (program) => program.trainStep(batch, path, { ...key, batchNorm: 'running' }, sgd),
    'forwardBackward twice, applyUpdate': async (program) => {
      await program.forwardBackward(batch, mixture, { ...stepOptions, gradients: 'both' });
      await program.forwardBackward(batch, path, stepOptions);
      await program.applyUpdate(sgd);
    },
    'gradients of the mixture': (program) => program.forwardBackward(batch, mixture, { ...stepOptions, gradients: 'mixture' }),
    two: (program) => program.candidateGradients(batch, { mode: 'two', active: [0, 0, 0], other: [1, 1, 1] }, key),
    full_v2: (program) => program.candidateGradients(batch, { mode: 'full_v2', active: [0, 1, zeroIndex] }, key),
    recalibrate: (program) => program.recalibrate(path, [batch, batch]),
    'evaluate, three ways': async (program) => {
      for (const statistics of ['batch', 'running', await program.recalibrate(path, [batch])] as const)
        await program.evaluate(batch, path, statistics);
    },
    'state, read and written': async (program) => program.writeState(await program.readState()),
  };

  test('the number of tensors stays over steps of every kind, and is what it was after the end', async () => {
    const before = countTensors();
    const program = await programWith(under, undefined, { activePaths: 2 });
    const counts: Record<string, number> = {};
    const compiled = countTensors();
    for (const [kind, run] of Object.entries(kinds)) {
      for (let step = 0; step < 3; step++) await run(program);
      counts[kind] = countTensors();
    }
    expect(counts).toEqual(Object.fromEntries(Object.keys(kinds).map((kind) => [kind, compiled])));
    await program.forwardBackward(batch, path, stepOptions);
    await program.dispose();
    expect(countTensors()).toBe(before);
  });

  test('a step that fails leaves nothing either', async () => {
    const before = countTensors();
    const program = await compileFor(under, space);
    await program.writeState({ parameters: randomParameters(space, 1) });
    const compiled = countTensors();
    await expect(program.forwardBackward({ ...batch, count: 3 }, path, stepOptions)).rejects.toThrow('ENGINE_SHAPE');
    await expect(program.forwardBackward(batch, singlePath([9, 0, 0]), stepOptions)).rejects.toThrow('ENGINE_MIXTURE');
    expect(countTensors()).toBe(compiled);
    await program.dispose();
    expect(countTensors()).toBe(before);
  });
};
