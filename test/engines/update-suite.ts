// Updates: the optimizer's formula, what takes part, and state that goes on.
import { singlePath } from '@nasc/core';
import type { Mixture } from '@nasc/core';
import type { TensorTable } from '@nasc/ir';
import { expect, test } from 'vitest';
import { programWith } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { randomBatch, randomParameters, relativeError } from './graphs.ts';
import { sgd, stepOptions, zeroIndex } from './small-space.ts';

const path = singlePath([0, 1, 2]);

const bytes = (table: TensorTable) => new Map([...table].map(([id, { data }]) => [id, Buffer.from(data.buffer).toString('base64')]));

const isOnPath = (id: string) => !id.startsWith('block') || /^block0\.k3e3\.|^block1\.k5e6\.|^block2\.k7e1\./.test(id);

export const updateSuite = (under: EngineUnderTest): void => {
  const { space } = under;
  const batches = [1, 2, 3].map((seed) => randomBatch(space, 8, seed));

  test.each([
    { nesterov: true, momentum: 0.9, weightDecay: 1e-2 },
    { nesterov: false, momentum: 0.9, weightDecay: 0 },
    { nesterov: false, momentum: 0, weightDecay: 1e-2 },
  ])('two updates follow the formula, $nesterov $momentum $weightDecay', async (settings) => {
    const optimizer = { ...sgd, ...settings, decayRoles: ['weight'] } as const;
    const before = randomParameters(space, 1);
    const program = await programWith(under, before);
    const weight = new Map([...before].map(([id, { data }]) => [id, Float64Array.from(data)]));
    const velocity = new Map([...before].map(([id, { data }]) => [id, new Float64Array(data.length)]));
    for (const batch of batches.slice(0, 2)) {
      await program.forwardBackward(batch, path, stepOptions);
      const gradients = await program.readGradients();
      await program.applyUpdate(optimizer);
      for (const [id, { data }] of gradients) {
        if (!isOnPath(id)) continue;
        const decay = id.endsWith('.weight') ? settings.weightDecay : 0;
        const [w, v] = [weight.get(id)!, velocity.get(id)!];
        data.forEach((gradient, i) => {
          const g = gradient + decay * w[i]!;
          v[i] = settings.momentum * v[i]! + g;
          w[i]! -= optimizer.learningRate * (settings.nesterov ? g + settings.momentum * v[i]! : v[i]!);
        });
      }
    }
    const { parameters, momentum } = await program.readState();
    for (const [id, { data }] of momentum) {
      expect(relativeError(parameters.get(id)!.data, weight.get(id)!)).toBeLessThan(1e-5);
      expect(relativeError(data, velocity.get(id)!)).toBeLessThan(1e-5);
    }
    await program.dispose();
  });

  test('the average follows the formula from the weights before the first update that asks for one, and goes on where it is written', async () => {
    const before = randomParameters(space, 1);
    const program = await programWith(under, before);
    await program.trainStep(batches[0]!, path, stepOptions, sgd);
    const start = await program.readState();
    expect(start.average).toBeUndefined();
    const mean = new Map([...start.momentum.keys()].map((id) => [id, Float64Array.from(start.parameters.get(id)!.data)]));
    const decays = [0.1, 0.9];
    for (const [index, averageDecay] of decays.entries()) {
      await program.trainStep(batches[index + 1]!, path, stepOptions, { ...sgd, averageDecay });
      const { parameters, average } = await program.readState();
      for (const [id, values] of mean) {
        const { data } = parameters.get(id)!;
        values.forEach((value, i) => (values[i] = averageDecay * value + (1 - averageDecay) * data[i]!));
        expect({ id, error: relativeError(average!.get(id)!.data, values) < 1e-6 }).toEqual({ id, error: true });
      }
      expect([...average!.keys()]).toEqual([...start.momentum.keys()]);
    }

    const state = await program.readState();
    // An average moves no weight.
    const plain = await programWith(under);
    for (const batch of batches) await plain.trainStep(batch, path, stepOptions, sgd);
    expect(bytes((await plain.readState()).parameters)).toEqual(bytes(state.parameters));
    await plain.writeState(state);
    for (const other of [program, plain]) {
      await other.forwardBackward(batches[0]!, path, stepOptions);
      await other.applyUpdate({ ...sgd, averageDecay: 0.5 });
    }
    const [expected, found] = [await program.readState(), await plain.readState()];
    expect(bytes(found.average!)).toEqual(bytes(expected.average!));
    await plain.writeState({ parameters: state.parameters });
    expect((await plain.readState()).average).toBeUndefined();
    await program.dispose();
    await plain.dispose();
  });

  test('gradients add up until the update', async () => {
    const program = await programWith(under);
    const sums = new Map<string, Float64Array>();
    for (const batch of batches.slice(0, 2)) {
      const alone = await programWith(under);
      await alone.forwardBackward(batch, path, { ...stepOptions, batchNorm: 'batch' });
      for (const [id, { data }] of await alone.readGradients()) {
        const sum = sums.get(id) ?? new Float64Array(data.length);
        sums.set(
          id,
          sum.map((value, i) => value + data[i]!),
        );
      }
      await alone.dispose();
      await program.forwardBackward(batch, path, { ...stepOptions, batchNorm: 'batch' });
    }
    for (const [id, { data }] of await program.readGradients()) {
      expect({ id, close: Math.hypot(...data.map((value, i) => value - sums.get(id)![i]!)) < 1e-5 }).toEqual({ id, close: true });
    }
    await program.applyUpdate(sgd);
    for (const { data } of (await program.readGradients()).values()) expect(data.every((value) => value === 0)).toBe(true);
    await program.dispose();
  });

  const mixed: Mixture = [
    { indices: [0, 2], weights: [0.7, 0.3] },
    { indices: [1], weights: [0.5] },
    { indices: [zeroIndex, 2], weights: [0.5, 1] },
  ];

  test.each([
    { activePaths: 1, mixture: path, roles: 'all', optimizer: sgd },
    { activePaths: 1, mixture: singlePath([1, 0, zeroIndex]), roles: 'weights', optimizer: { ...sgd, decayRoles: ['weight'] } },
    { activePaths: 2, mixture: mixed, roles: 'all', optimizer: sgd },
  ] as const)(
    'a step in one call has the bits of forwardBackward and applyUpdate, with $activePaths active paths and decay of $roles',
    async ({ activePaths, mixture, optimizer }) => {
      const [one, two] = [await programWith(under, undefined, { activePaths }), await programWith(under, undefined, { activePaths })];
      for (const [index, batch] of batches.entries()) {
        // What was gathered before is part of the update.
        if (index === 1) for (const program of [one, two]) await program.forwardBackward(batches[0]!, path, stepOptions);
        const first = await one.trainStep(batch, mixture, stepOptions, optimizer);
        const second = await two.forwardBackward(batch, mixture, stepOptions);
        await two.applyUpdate(optimizer);
        expect(first).toEqual(second);
        for (const { data } of (await one.readGradients()).values()) expect(data.every((value) => value === 0)).toBe(true);
      }
      const [a, b] = [await one.readState(), await two.readState()];
      expect(bytes(a.parameters)).toEqual(bytes(b.parameters));
      expect(bytes(a.momentum)).toEqual(bytes(b.momentum));
      await one.dispose();
      await two.dispose();
    },
  );

  test('only sampled candidates move, their momentum and statistics too', async () => {
    const before = randomParameters(space, 1);
    const program = await programWith(under, before);
    // Momentum everywhere, so that a decay or a momentum step of the others would show.
    await program.trainStep(batches[0]!, singlePath([1, 0, 1]), stepOptions, sgd);
    const first = await program.readState();
    await program.trainStep(batches[1]!, path, stepOptions, sgd);
    const second = await program.readState();
    const moved = (a: TensorTable, b: TensorTable) => [...a.keys()].filter((id) => bytes(a).get(id) !== bytes(b).get(id));
    expect(moved(first.parameters, second.parameters).toSorted()).toEqual([...before.keys()].filter(isOnPath).toSorted());
    expect(moved(first.momentum, second.momentum).every(isOnPath)).toBe(true);
    await program.dispose();
  });

  test('state that is read and written continues with the same bits', async () => {
    const program = await programWith(under);
    await program.trainStep(batches[0]!, path, stepOptions, sgd);
    const state = await program.readState();
    await program.trainStep(batches[1]!, path, stepOptions, sgd);
    const expected = await program.readState();
    const other = await programWith(under);
    await other.writeState(state);
    await other.trainStep(batches[1]!, path, stepOptions, sgd);
    const found = await other.readState();
    expect(bytes(found.parameters)).toEqual(bytes(expected.parameters));
    expect(bytes(found.momentum)).toEqual(bytes(expected.momentum));
    await program.dispose();
    await other.dispose();
  });
};
