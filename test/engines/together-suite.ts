// Two engines that share nothing, on the same work: each checks the other.
import { singlePath } from '@nasc/core';
import type { Program, TrainingBatch } from '@nasc/core';
import { float32 } from '@nasc/ir';
import type { OpNode, TensorTable } from '@nasc/ir';
import { expect, test } from 'vitest';
import { compileFor, native } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { randomBatch, randomParameters, relativeError, TestBuilder, wholeError, worstError } from './graphs.ts';
import { sgd, stepOptions, zeroIndex } from './small-space.ts';

const dataOf = (table: TensorTable) => new Map([...table].map(([id, { data }]) => [id, data]));

export const togetherSuite = (under: EngineUnderTest): void => {
  const { space } = under;
  const parameters = randomParameters(space, 1);
  const paths = [
    [0, 1, 2],
    [2, 0, zeroIndex],
    [zeroIndex, 2, 1],
    [1, 1, 0],
  ];
  const batches = paths.map((_, index) => randomBatch(space, 8, 40 + index));
  const slow = { ...sgd, learningRate: 0.02 };

  const both = async (work: (program: Program) => Promise<void>, other?: (program: Program) => Promise<void>): Promise<void> => {
    const programs = await Promise.all([native, under].map((engine) => compileFor(engine, space, { activePaths: 2 })));
    for (const [index, program] of programs.entries()) {
      await program.writeState({ parameters });
      await (index === 1 && other ? other : work)(program);
      await program.dispose();
    }
  };

  test('losses, weights, momentum and running statistics over several updates', async () => {
    const results: { losses: number[]; state: Awaited<ReturnType<Program['readState']>> }[] = [];
    await both(async (program) => {
      const losses: number[] = [];
      for (const [index, path] of paths.entries())
        losses.push((await program.trainStep(batches[index]!, singlePath(path), stepOptions, slow)).loss);
      results.push({ losses, state: await program.readState() });
    });
    const [ours, theirs] = results as [(typeof results)[0], (typeof results)[0]];
    ours.losses.forEach((loss, index) => expect(Math.abs(theirs.losses[index]! - loss)).toBeLessThan(1e-3));
    expect(wholeError(dataOf(theirs.state.parameters), dataOf(ours.state.parameters))).toBeLessThan(1e-4);
    expect(wholeError(dataOf(theirs.state.momentum), dataOf(ours.state.momentum))).toBeLessThan(1e-3);
  });

  test.each([
    { mode: 'full_v2', active: [0, 1, zeroIndex] },
    { mode: 'full', active: [zeroIndex, 0, 1] },
    { mode: 'two', active: [0, 2, 1], other: [1, 0, zeroIndex] },
  ] as const)('gates, $mode', async (sample) => {
    const found: (readonly Float64Array[])[] = [];
    await both(async (program) => {
      found.push((await program.candidateGradients(batches[0]!, sample, { randomKey: [3, 4] })).gradients);
    });
    const [ours, theirs] = found.map((gradients) => gradients.flatMap((row) => [...row])) as [number[], number[]];
    expect(theirs.map(Number.isNaN)).toEqual(ours.map(Number.isNaN));
    const numbers = (row: number[]) => row.filter((value) => !Number.isNaN(value));
    expect(relativeError(numbers(theirs), numbers(ours))).toBeLessThan(1e-4);
  });

  test('gradients with running statistics, of weights and of a mixture', async () => {
    const mixture = [{ indices: [0, zeroIndex], weights: [0.6, 0.4] }, ...singlePath([2, 1])];
    const options = { ...stepOptions, gradients: 'both', batchNorm: 'running' } as const;
    const found: { gates: number[]; gradients: TensorTable }[] = [];
    await both(async (program) => {
      const { mixtureGradients } = await program.forwardBackward(batches[1]!, mixture, options);
      found.push({ gates: mixtureGradients!.flat(), gradients: await program.readGradients() });
    });
    const [ours, theirs] = found as [(typeof found)[0], (typeof found)[0]];
    expect(relativeError(theirs.gates, ours.gates)).toBeLessThan(1e-4);
    expect(worstError(theirs.gradients, dataOf(ours.gradients)).error).toBeLessThan(1e-3);
  });

  test('recalibration and evaluation', async () => {
    const path = singlePath([1, 0, 2]);
    const found: Float32Array[][] = [];
    await both(async (program) => {
      const statistics = await program.recalibrate(path, batches);
      const { logits } = await program.evaluate(batches[0]!, path, statistics);
      found.push([
        logits,
        ...[...statistics].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { mean, variance }]) => [mean, variance]),
      ]);
    });
    found[0]!.forEach((values, index) => expect(relativeError(found[1]![index]!, values)).toBeLessThan(1e-4));
  });

  test('a warm-up that one engine begins and the other continues ends where one engine alone does', async () => {
    const train = async (program: Program, from: number, to: number) => {
      for (let step = from; step < to; step++)
        await program.trainStep(batches[step]!, singlePath(paths[step]!), { ...stepOptions, randomKey: [5, step] }, slow);
    };
    let half: Awaited<ReturnType<Program['readState']>> | undefined;
    const ends: TensorTable[] = [];
    const alone = async (program: Program) => {
      await train(program, 0, 2);
      half = await program.readState();
      await train(program, 2, 4);
      ends.push((await program.readState()).parameters);
    };
    const continued = async (program: Program) => {
      await program.writeState(half!);
      const read = await program.readState();
      expect(read.parameters).toEqual(new Map([...read.parameters.keys()].map((id) => [id, half!.parameters.get(id)])));
      await train(program, 2, 4);
      ends.push((await program.readState()).parameters);
    };
    await both(alone, continued);
    expect(wholeError(dataOf(ends[1]!), dataOf(ends[0]!))).toBeLessThan(1e-4);
  });

  test('dropout and dropPath drop the same', async () => {
    const builder = new TestBuilder('', [{ id: 'image', type: float32(6, 6, 4) }]);
    const branch = builder.op('branch', 'conv2d', ['image'], { width: 4, kernel: 3 });
    const dropped = builder.op('dropPath', 'dropPath', [branch], { rate: 0.4 });
    const sum = builder.op('add', 'add', [dropped, 'image']);
    const pooled = builder.op('pool', 'globalAvgPool', [builder.op('dropout', 'dropout', [sum], { rate: 0.3 })]);
    const graph = builder.graph<OpNode>(builder.op('classifier', 'linear', [pooled], { width: 5 }));
    const batch: TrainingBatch = randomBatch(graph, 8, 3);
    const values = randomParameters(graph, 2);
    const found: TensorTable[] = [];
    for (const engine of [native, under]) {
      const program = await compileFor(engine, graph);
      await program.writeState({ parameters: values });
      for (const step of [1, 2]) await program.forwardBackward(batch, [], { ...stepOptions, randomKey: [9, step] });
      found.push(await program.readGradients());
      await program.dispose();
    }
    expect(worstError(found[1]!, dataOf(found[0]!)).error).toBeLessThan(1e-5);
  });
};
