// Gradients of whole networks, against float64.
import { createPlainRunner } from '@nasc/c-emit';
import { singlePath } from '@nasc/core';
import { primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';
import { afterAll, expect, test } from 'vitest';
import { programWith } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { pathNetwork, randomBatch, randomParameters, relativeError, wholeError, worstError } from './graphs.ts';
import { crossEntropy, referenceStep } from './reference.ts';
import { clear, stepOptions, zeroIndex } from './small-space.ts';

const batchOptions = { ...stepOptions, batchNorm: 'batch' } as const;

export const gradientsSuite = async (under: EngineUnderTest): Promise<void> => {
  const double = await createPlainRunner(primitiveOps, 'double');
  const single = await createPlainRunner(primitiveOps, 'float');
  afterAll(() => {
    double.dispose();
    single.dispose();
  });
  const { space } = under;

  test('over 24 random paths the error is at most twice that of the plain kernels in float32', async () => {
    const program = await programWith(under);
    const parameters = randomParameters(space, 1);
    const random = new Random({ seed: 4, stream: 'test.paths' });
    let ours = 0;
    let theirs = 0;
    for (let index = 0; index < 24; index++) {
      const path = [random.integer(4), random.integer(3), random.integer(4)];
      const batch = randomBatch(space, 1 + random.integer(8), 100 + index);
      const network = pathNetwork(space, path);
      const expected = referenceStep(double, network, parameters, batch);
      const plain = referenceStep(single, network, parameters, batch);
      await program.forwardBackward(batch, singlePath(path), batchOptions);
      const gradients = new Map([...(await program.readGradients())].map(([id, { data }]) => [id, data]));
      ours = Math.max(ours, wholeError(gradients, expected.gradients));
      theirs = Math.max(theirs, wholeError(plain.gradients, expected.gradients));
      const { logits } = await program.evaluate(batch, singlePath(path), 'batch');
      expect(relativeError(logits, expected.logits)).toBeLessThan(2e-5);
      await program.applyUpdate(clear);
    }
    expect(ours).toBeLessThan(2 * theirs);
    await program.dispose();
  });

  test('a loss with a teacher adds the cross-entropy against the softmax of its logits', async () => {
    const program = await programWith(under);
    const path = singlePath([0, 1, zeroIndex]);
    const batch = randomBatch(space, 4, 1);
    const logits = Float32Array.from({ length: 28 }, (_, i) => Math.sin(i));
    const { logits: student } = await program.evaluate(batch, path, 'batch');
    const soft = Float32Array.from({ length: 28 }, (_, i) => {
      const row = logits.slice(i - (i % 7), i - (i % 7) + 7);
      return Math.exp(logits[i]!) / row.reduce((sum, x) => sum + Math.exp(x), 0);
    });
    const { loss } = await program.forwardBackward({ ...batch, teacher: { logits, weight: 0.5 } }, path, batchOptions);
    expect(loss).toBeCloseTo(crossEntropy(student, batch.targets, 4).loss + 0.5 * crossEntropy(student, soft, 4).loss, 4);
    const together = await program.readGradients();
    await program.applyUpdate(clear);
    // The same gradient comes from targets t + w softmax(teacher).
    const targets = batch.targets.map((t, i) => t + 0.5 * soft[i]!);
    await program.forwardBackward({ ...batch, targets }, path, batchOptions);
    const mixed = new Map([...(await program.readGradients())].map(([id, { data }]) => [id, data]));
    expect(worstError(together, mixed).error).toBeLessThan(1e-4);
    await program.dispose();
  });

  test('gradients with running statistics follow the loss by finite differences', async () => {
    const parameters = randomParameters(space, 1);
    const program = await programWith(under, parameters);
    const path = singlePath([1, 0, 2]);
    const batch = randomBatch(space, 6, 9);
    await program.forwardBackward(batch, path, { ...stepOptions, batchNorm: 'running' });
    const gradients = await program.readGradients();
    const lossWith = async (id: string, direction: Float32Array, step: number) => {
      const moved = new Map(parameters);
      const { shape, data } = parameters.get(id)!;
      moved.set(id, { shape, data: data.map((value, i) => value + step * direction[i]!) });
      await program.writeState({ parameters: moved });
      return (await program.evaluate(batch, path, 'running')).lossSum / batch.count;
    };
    for (const id of [
      'stem.weight',
      'stemNorm.scale',
      'block0.k5e6.expand.weight',
      'block0.k5e6.depthwiseNorm.shift',
      'block1.k3e3.depthwise.weight',
      'classifier.bias',
    ]) {
      const { data } = gradients.get(id)!;
      const norm = Math.hypot(...data);
      const direction = data.map((value) => value / norm);
      const step = 3e-3;
      const slope = ((await lossWith(id, direction, step)) - (await lossWith(id, direction, -step))) / (2 * step);
      expect({ id, close: Math.abs(slope - norm) < 0.02 * norm + 1e-3 }).toEqual({ id, close: true });
    }
    await program.dispose();
  });
};
