// How a program is used: one call at a time, refused input, the end.
import { singlePath } from '@nasc/core';
import { expect, test } from 'vitest';
import { compileFor, programWith } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { randomBatch } from './graphs.ts';
import { stepOptions } from './small-space.ts';

const path = singlePath([0, 1, 2]);

export const programSuite = (under: EngineUnderTest): void => {
  const { space } = under;
  const batch = randomBatch(space, 8, 1);

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
