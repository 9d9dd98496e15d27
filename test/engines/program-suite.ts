// How a program is used: one call at a time, refused input, aborted steps, the end.
import { singlePath } from '@nasc/core';
import { expect, test } from 'vitest';
import { compileFor, programWith } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { randomBatch, randomParameters } from './graphs.ts';
import { sgd, stepOptions } from './small-space.ts';

const path = singlePath([0, 1, 2]);

export const programSuite = (under: EngineUnderTest): void => {
  const { space } = under;
  const batch = randomBatch(space, 8, 1);

  test('an aborted step rejects with the reason, changes no weight and drops what was gathered', async () => {
    const parameters = randomParameters(space, 1);
    const program = await programWith(under, parameters);
    await program.forwardBackward(batch, path, { ...stepOptions, batchNorm: 'batch' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(program.trainStep(batch, path, { ...stepOptions, signal }, sgd)).rejects.toThrow('enough');
    const sample = { mode: 'full_v2', active: [0, 1, 2] } as const;
    await expect(program.candidateGradients(batch, sample, { randomKey: [0, 0], signal })).rejects.toThrow('enough');
    for (const { data } of (await program.readGradients()).values()) expect(data.every((value) => value === 0)).toBe(true);
    await program.applyUpdate(sgd);
    const state = await program.readState();
    for (const [id, { data }] of parameters) expect(state.parameters.get(id)!.data).toEqual(data);
    await program.dispose();
  });

  test('wrong input is refused with what is wrong', async () => {
    const program = await programWith(under);
    const step = (changes: object, mixture = path) => program.forwardBackward({ ...batch, ...changes }, mixture, stepOptions);
    await expect(step({ count: 9 })).rejects.toThrow('ENGINE_BATCH_SIZE: A batch of 9 images was given to a program compiled for 8.');
    await expect(step({ images: new Float32Array(3) })).rejects.toThrow(
      `ENGINE_SHAPE: images has 3 values; ${batch.images.length} are expected.`,
    );
    await expect(step({}, singlePath([0, 1]))).rejects.toThrow('ENGINE_MIXTURE');
    await expect(step({}, singlePath([9, 1, 1]))).rejects.toThrow('ENGINE_MIXTURE: Mixture at "block0": there is no candidate 9.');
    await expect(step({}, [{ indices: [0, 1], weights: [1, 1] }, ...singlePath([0, 0])])).rejects.toThrow('compiled for 1');
    const unknown = new Map([['nowhere.weight', { shape: [1], data: new Float32Array(1) }]]);
    await expect(program.writeState({ parameters: unknown })).rejects.toThrow('ENGINE_UNKNOWN_PARAMETER');
    const statistics = new Map([['nowhere', { mean: new Float32Array(1), variance: new Float32Array(1) }]]);
    await expect(program.evaluate(batch, path, statistics)).rejects.toThrow('The graph has no parameter "nowhere.runningMean".');
    const first = program.forwardBackward(batch, path, stepOptions);
    await expect(program.readState()).rejects.toThrow('ENGINE_BUSY');
    await first;
    await program.dispose();
    await program.dispose();
    await expect(program.readState()).rejects.toThrow('ENGINE_DISPOSED');
  });

  test('an op that the engine cannot train is named, with what to add', async () => {
    const { nodes } = space;
    const unknown = { ...space, nodes: nodes.map((node) => (node.id === 'pool' ? { ...node, op: 'medianPool' } : node)) };
    await expect(compileFor(under, unknown)).rejects.toThrow('UNKNOWN_NAME: There is no op "medianPool".');
  });
};
