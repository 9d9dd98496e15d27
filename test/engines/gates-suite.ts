// Gates and mixtures of paths, against float64.
import { createPlainRunner } from '@nasc/c-emit';
import { singlePath } from '@nasc/core';
import type { Mixture } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test } from 'vitest';
import { programWith } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { mixtureNetwork, pathNetwork, randomBatch, randomParameters, relativeError, worstError } from './graphs.ts';
import { referenceStep } from './reference.ts';
import { stepOptions, zeroIndex } from './small-space.ts';

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

export const gatesSuite = async (under: EngineUnderTest): Promise<void> => {
  const double = await createPlainRunner(primitiveOps, 'double');
  afterAll(() => double.dispose());

  const { space } = under;
  const parameters = randomParameters(space, 1);
  const batch = randomBatch(space, 6, 5);
  const choices = choicesOf(space);

  /** <o_k, dL/dy> of every candidate, in float64: y is the choice's output on the active path. */
  const expectedGates = (active: readonly number[]): readonly (readonly number[])[] => {
    const outputOf = (choice: number, candidate: number) => choices[choice]!.candidates[candidate]!.graph.outputs[0]!;
    const { valueGradients } = referenceStep(double, pathNetwork(space, active), parameters, batch);
    return choices.map(({ candidates }, choice) => {
      const gradient = valueGradients.get(outputOf(choice, active[choice]!))!;
      return candidates.map((_, candidate) => {
        const path = active.with(choice, candidate);
        const { values } = referenceStep(double, pathNetwork(space, path), parameters, batch);
        const output = values.get(outputOf(choice, candidate))!;
        return Array.from(output).reduce((sum, value, i) => sum + value * gradient[i]!, 0);
      });
    });
  };

  test.each([{ active: [0, 1, 2] }, { active: [zeroIndex, 2, 0] }, { active: [1, 0, zeroIndex] }])(
    'gates of path $active equal <o_k, dL/dy> in float64, for full and full_v2, and move nothing',
    async ({ active }) => {
      const program = await programWith(under, parameters);
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
    const program = await programWith(under, parameters);
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

  test.each(mixtures)(
    'mixture with $activePaths active paths: gradients of weights and of the mixture in float64',
    async ({ activePaths, mixture }) => {
      const { network, weights } = mixtureNetwork(space, mixture);
      const expected = referenceStep(double, network, new Map([...parameters, ...weights]), batch);
      const program = await programWith(under, parameters, { activePaths });
      const options = { ...stepOptions, gradients: 'both', batchNorm: 'batch' } as const;
      const { loss, mixtureGradients } = await program.forwardBackward(batch, mixture, options);
      expect(loss).toBeCloseTo(expected.loss, 5);
      const found: number[] = [];
      const sums: number[] = [];
      mixture.forEach(({ indices }, choice) =>
        indices.forEach((index, entry) => {
          const sum = Array.from(expected.gradients.get(`${choices[choice]!.id}.mix.${index}.weight`)!).reduce((a, b) => a + b, 0);
          found.push(mixtureGradients![choice]![entry]!);
          sums.push(sum);
        }),
      );
      expect(relativeError(found, sums)).toBeLessThan(1e-4);
      const ofParameters = new Map([...expected.gradients].filter(([id]) => !id.includes('.mix.')));
      expect(worstError(await program.readGradients(), ofParameters).error).toBeLessThan(1e-4);
      await program.dispose();

      const only = await programWith(under, parameters, { activePaths });
      const mixtureOnly = await only.forwardBackward(batch, mixture, { ...options, gradients: 'mixture' });
      expect(mixtureOnly.mixtureGradients).toEqual(mixtureGradients);
      for (const { data } of (await only.readGradients()).values()) expect(data.every((value) => value === 0)).toBe(true);
      await only.dispose();
    },
  );

  test('a path of weight 1 is the path', async () => {
    const [one, all] = [await programWith(under, parameters), await programWith(under, parameters, { activePaths: 'all' })];
    const path = singlePath([0, 1, zeroIndex]);
    expect(await all.evaluate(batch, path, 'batch')).toEqual(await one.evaluate(batch, path, 'batch'));
    await one.dispose();
    await all.dispose();
  });
};
