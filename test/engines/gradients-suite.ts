// Gradients of whole networks, against float64.
import { createPlainRunner } from '@nasc/c-emit';
import { singlePath } from '@nasc/core';
import { primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';
import { afterAll, expect, test } from 'vitest';
import { programWith } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { pathNetwork, randomBatch, randomParameters, relativeError, wholeError } from './graphs.ts';
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

  test.each([
    { weight: 0.5, temperature: 1 },
    { weight: 0.7, temperature: 4 },
    { weight: 1, temperature: 2.5 },
  ])(
    'a teacher of weight $weight and temperature $temperature: the loss is the formula, the gradient its finite differences',
    async (given) => {
      const { weight, temperature } = given;
      const parameters = randomParameters(space, 1);
      const program = await programWith(under, parameters);
      const path = singlePath([0, 1, zeroIndex]);
      const teacher = { ...given, logits: Float32Array.from({ length: 28 }, (_, i) => 3 * Math.sin(i)) };
      const batch = { ...randomBatch(space, 4, 1), teacher };
      const running = { ...stepOptions, batchNorm: 'running' } as const;
      const { logits: student } = await program.evaluate(batch, path, 'running');
      const soft = Float64Array.from(teacher.logits, (logit, i) => {
        const row = teacher.logits.subarray(i - (i % 7), i - (i % 7) + 7);
        return Math.exp(logit / temperature) / row.reduce((sum, x) => sum + Math.exp(x / temperature), 0);
      });
      const hardLoss = crossEntropy(student, batch.targets, 4).loss;
      const softLoss = crossEntropy(
        Float64Array.from(student, (x) => x / temperature),
        soft,
        4,
      ).loss;
      const { loss } = await program.forwardBackward(batch, path, running);
      expect(loss).toBeCloseTo((1 - weight) * hardLoss + weight * temperature ** 2 * softLoss, 4);

      const gradients = await program.readGradients();
      const lossWith = async (id: string, direction: Float32Array, step: number) => {
        const { shape, data } = parameters.get(id)!;
        await program.writeState({
          parameters: new Map([...parameters, [id, { shape, data: data.map((value, i) => value + step * direction[i]!) }]]),
        });
        return (await program.forwardBackward(batch, path, running)).loss;
      };
      for (const id of ['stem.weight', 'block0.k3e3.project.weight', 'classifier.weight', 'classifier.bias']) {
        const { data } = gradients.get(id)!;
        const norm = Math.hypot(...data);
        const direction = data.map((value) => value / norm);
        const step = 3e-3;
        const slope = ((await lossWith(id, direction, step)) - (await lossWith(id, direction, -step))) / (2 * step);
        expect({ id, close: Math.abs(slope - norm) < 0.02 * norm + 1e-3 }).toEqual({ id, close: true });
      }
      await program.dispose();
    },
  );

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
