import { createPlainRunner } from '@nasc/c-emit';
import { singlePath } from '@nasc/core';
import type { Mixture } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test } from 'vitest';
import { pathNetwork, randomBatch, randomParameters } from './graphs.test-helper.ts';
import { programWith, smallSpace, stepOptions, zeroIndex } from './programs.test-helper.ts';
import { referenceStep } from './reference.test-helper.ts';

const double = await createPlainRunner(primitiveOps, 'double');
afterAll(() => double.dispose());

const parameters = randomParameters(smallSpace, 1);
const batch = randomBatch(smallSpace, 6, 3);
const choices = choicesOf(smallSpace);

/** <o_k, dL/dy> of every candidate, in float64: y is the choice's output on the active path. */
const expectedGates = (active: readonly number[]): readonly (readonly number[])[] => {
  const outputOf = (choice: number, candidate: number) => choices[choice]!.candidates[candidate]!.graph.outputs[0]!;
  const { valueGradients } = referenceStep(double, pathNetwork(smallSpace, active), parameters, batch);
  return choices.map(({ candidates }, choice) => {
    const gradient = valueGradients.get(outputOf(choice, active[choice]!))!;
    return candidates.map((_, candidate) => {
      const path = active.with(choice, candidate);
      const { values } = referenceStep(double, pathNetwork(smallSpace, path), parameters, batch);
      const output = values.get(outputOf(choice, candidate))!;
      return Array.from(output).reduce((sum, value, i) => sum + value * gradient[i]!, 0);
    });
  });
};

test.each([{ active: [0, 1, 2] }, { active: [zeroIndex, 2, 0] }, { active: [1, 0, zeroIndex] }])(
  'gates of path $active equal <o_k, dL/dy> in float64, for full and full_v2, and move nothing',
  async ({ active }) => {
    const program = await programWith(parameters);
    const expected = expectedGates(active);
    const scale = Math.max(...expected.flat().map(Math.abs));
    for (const mode of ['full_v2', 'full'] as const) {
      const { gradients } = await program.candidateGradients(batch, { mode, active }, { randomKey: [0, 0] });
      expected.forEach((values, choice) =>
        values.forEach((value, candidate) => expect(Math.abs(gradients[choice]![candidate]! - value)).toBeLessThan(1e-5 * scale)),
      );
    }
    const state = await program.readState();
    for (const [id, { data }] of parameters) expect(state.parameters.get(id)!.data).toEqual(data);
    for (const { data } of (await program.readGradients()).values()) expect(data.every((value) => value === 0)).toBe(true);
    await program.dispose();
  },
);

test('mode two gives the two sampled candidates, NaN for the others', async () => {
  const program = await programWith(parameters);
  const active = [0, 1, zeroIndex];
  const other = [2, 0, 1];
  const expected = expectedGates(active);
  const { gradients } = await program.candidateGradients(batch, { mode: 'two', active, other }, { randomKey: [0, 0] });
  expected.forEach((values, choice) =>
    values.forEach((value, candidate) => {
      const found = gradients[choice]![candidate]!;
      if (candidate === active[choice] || candidate === other[choice]) expect(found).toBeCloseTo(value, 4);
      else expect(found).toBeNaN();
    }),
  );
  await program.dispose();
});

const mixtures: readonly { readonly activePaths: 1 | 2 | 'all'; readonly mixture: Mixture }[] = [
  {
    activePaths: 1,
    mixture: [
      { indices: [0], weights: [0.7] },
      { indices: [1], weights: [1] },
      { indices: [zeroIndex], weights: [0.4] },
    ],
  },
  {
    activePaths: 2,
    mixture: [
      { indices: [0, 1], weights: [0.7, 0.3] },
      { indices: [2, 1], weights: [0.2, 0.9] },
      { indices: [zeroIndex, 2], weights: [0.5, 0.5] },
    ],
  },
  {
    activePaths: 'all',
    mixture: [
      { indices: [0, 1, 2, 3], weights: [0.4, 0.3, 0.2, 0.1] },
      { indices: [0, 2], weights: [0.2, 0.9] },
      { indices: [1], weights: [1] },
    ],
  },
];

test.each(mixtures)(
  'mixture with $activePaths active paths: gradients follow the loss by finite differences',
  async ({ activePaths, mixture }) => {
    const program = await programWith(parameters, { activePaths });
    const options = { ...stepOptions, gradients: 'both', batchNorm: 'batch' } as const;
    const result = await program.forwardBackward(batch, mixture, options);
    const gradients = await program.readGradients();
    const lossOf = async (changed: Mixture) => (await program.evaluate(batch, changed, 'batch')).lossSum / batch.count;
    expect(result.loss).toBeCloseTo(await lossOf(mixture), 5);

    const step = 2e-3;
    for (const [choice, { indices, weights }] of mixture.entries()) {
      for (const entry of indices.keys()) {
        const moved = (by: number): Mixture => mixture.with(choice, { indices, weights: weights.with(entry, weights[entry]! + by) });
        const slope = ((await lossOf(moved(step))) - (await lossOf(moved(-step)))) / (2 * step);
        expect(Math.abs(result.mixtureGradients![choice]![entry]! - slope)).toBeLessThan(1e-3 + 0.08 * Math.abs(slope));
      }
    }

    const only = await programWith(parameters, { activePaths });
    const mixtureOnly = await only.forwardBackward(batch, mixture, { ...options, gradients: 'mixture' });
    expect(mixtureOnly.mixtureGradients).toEqual(result.mixtureGradients);
    for (const { data } of (await only.readGradients()).values()) expect(data.every((value) => value === 0)).toBe(true);
    await only.dispose();

    for (const id of ['stem.weight', 'block0.k3e3.expand.weight', 'block1.k7e1.depthwise.weight', 'head.weight']) {
      const { shape, data: values } = parameters.get(id)!;
      const { data } = gradients.get(id)!;
      const norm = Math.hypot(...data);
      if (norm === 0) continue;
      const lossAt = async (by: number) => {
        await program.writeState({
          parameters: new Map([[id, { shape, data: values.map((value, i) => value + (by * data[i]!) / norm) }]]),
        });
        return lossOf(mixture);
      };
      const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      await lossAt(0);
      expect({ id, close: Math.abs(slope - norm) < 2e-3 + 0.02 * norm }).toEqual({ id, close: true });
    }
    await program.dispose();
  },
);

test('a path of weight 1 is the path', async () => {
  const [one, all] = [await programWith(parameters), await programWith(parameters, { activePaths: 'all' })];
  const path = singlePath([0, 1, zeroIndex]);
  expect(await all.evaluate(batch, path, 'batch')).toEqual(await one.evaluate(batch, path, 'batch'));
  await one.dispose();
  await all.dispose();
});
