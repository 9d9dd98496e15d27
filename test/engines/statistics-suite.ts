// Batch statistics, running statistics, evaluation and recalibration, against float64.
import { createPlainRunner } from '@nasc/c-emit';
import { singlePath } from '@nasc/core';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test } from 'vitest';
import { programWith } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { pathNetwork, randomBatch, randomParameters, relativeError } from './graphs.ts';
import { crossEntropy, referenceStep } from './reference.ts';
import { stepOptions } from './small-space.ts';

export const statisticsSuite = async (under: EngineUnderTest): Promise<void> => {
  const double = await createPlainRunner(primitiveOps, 'double');
  afterAll(() => double.dispose());

  const { space } = under;
  const parameters = randomParameters(space, 1);
  const indices = [1, 0, 2];
  const path = singlePath(indices);
  const network = pathNetwork(space, indices);
  const batches = [8, 8, 5].map((count, index) => randomBatch(space, count, 20 + index));
  const norms = network.nodes.filter(({ op }) => op === 'batchNorm').map(({ id }) => id);

  test('mode update moves running statistics as the plain kernels do; the others leave them', async () => {
    const program = await programWith(under, parameters);
    const expected = referenceStep(double, network, parameters, batches[0]!);
    for (const batchNorm of ['batch', 'running'] as const) await program.forwardBackward(batches[0]!, path, { ...stepOptions, batchNorm });
    await program.candidateGradients(batches[0]!, { mode: 'full_v2', active: indices }, { randomKey: [0, 0] });
    await program.evaluate(batches[0]!, path, 'batch');
    const rested = await program.readState();
    for (const [id, { data }] of parameters) expect(rested.parameters.get(id)!.data).toEqual(data);
    await program.forwardBackward(batches[0]!, path, stepOptions);
    const moved = await program.readState();
    for (const [id, values] of expected.statistics) expect(relativeError(moved.parameters.get(id)!.data, values)).toBeLessThan(1e-5);
    await program.dispose();
  });

  test('evaluation: batch, running and given statistics', async () => {
    const program = await programWith(under, parameters);
    const [batch] = batches;
    const values = new Map([...parameters].map(([id, { data }]) => [id, data]));
    const inputs = new Map([['image', batch!.images]]);
    const inference = double.runForward(network, values, inputs, { batch: batch!.count, mode: 'inference' });
    const logits = inference.values.get(network.outputs[0]!)!;
    const running = await program.evaluate(batch!, path, 'running');
    expect(relativeError(running.logits, logits)).toBeLessThan(1e-5);
    expect(running.count).toBe(8);
    expect(running.lossSum).toBeCloseTo(8 * crossEntropy(logits, batch!.targets, 8).loss, 3);

    const given = new Map(
      norms.map((id) => [id, { mean: parameters.get(`${id}.runningMean`)!.data, variance: parameters.get(`${id}.runningVariance`)!.data }]),
    );
    await program.writeState({
      parameters: new Map(
        [...parameters].map(([id, { shape, data }]) => [id, { shape, data: id.includes('.running') ? data.map(() => 3) : data }]),
      ),
    });
    expect((await program.evaluate(batch!, path, given)).logits).toEqual(running.logits);
    const { parameters: after } = await program.readState();
    for (const id of norms) expect(after.get(`${id}.runningMean`)!.data.every((value) => value === 3)).toBe(true);
    await program.dispose();
  });

  test('correct counts the images whose largest logit is at their largest target', async () => {
    const program = await programWith(under, parameters);
    const [batch] = batches;
    const { logits, correct } = await program.evaluate(batch!, path, 'running');
    const largest = (values: Float32Array, n: number) => {
      const row = values.slice(7 * n, 7 * n + 7);
      return row.indexOf(Math.max(...row));
    };
    const expected = Array.from({ length: 8 }, (_, n) => n).filter((n) => largest(logits, n) === largest(batch!.targets, n)).length;
    expect(correct).toBe(expected);
    await program.dispose();
  });

  test('recalibration pools mean and variance over all images', async () => {
    const program = await programWith(under, parameters);
    const statistics = await program.recalibrate(path, batches);
    expect([...statistics.keys()].toSorted()).toEqual(norms.toSorted());
    // The first normalisation sees what batches do not change: its statistics over all images are exact.
    const images = Float32Array.from(batches.flatMap((batch) => [...batch.images]));
    const values = new Map([...parameters].map(([id, { data }]) => [id, data]));
    const all = double.runForward(network, values, new Map([['image', images]]), { batch: 21, mode: 'training' });
    const x = all.values.get('stem')!;
    const channels = statistics.get('stemNorm')!.mean.length;
    const rows = x.length / channels;
    for (let c = 0; c < channels; c++) {
      let mean = 0;
      let square = 0;
      for (let row = 0; row < rows; row++) {
        mean += x[row * channels + c]! / rows;
        square += x[row * channels + c]! ** 2 / rows;
      }
      expect(statistics.get('stemNorm')!.mean[c]!).toBeCloseTo(mean, 4);
      expect(statistics.get('stemNorm')!.variance[c]!).toBeCloseTo(square - mean ** 2, 4);
    }
    // One batch, evaluated with its own statistics, is that batch in batch mode.
    const own = await program.recalibrate(path, [batches[0]!]);
    const [given, batch] = [await program.evaluate(batches[0]!, path, own), await program.evaluate(batches[0]!, path, 'batch')];
    expect(relativeError(given.logits, batch.logits)).toBeLessThan(1e-4);
    await program.dispose();
  });
};
