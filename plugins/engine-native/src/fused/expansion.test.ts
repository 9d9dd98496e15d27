// Expansions that are never stored, against float64 and against the kernels that store them.
import { createPlainRunner } from '@nasc/c-emit';
import type { Program } from '@nasc/core';
import { singlePath } from '@nasc/core';
import { expansionPattern, nativePatterns } from '@nasc/engine-native';
import { float32 } from '@nasc/ir';
import type { Graph, PatternDefinition, PatternLookup, Tensor } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test, vi } from 'vitest';
import { compileFor, native } from '../../../../test/engines/engine-under-test.ts';
import {
  mbConv,
  pathNetwork,
  randomBatch,
  randomParameters,
  relativeError,
  TestBuilder,
  wholeError,
} from '../../../../test/engines/graphs.ts';
import { referenceStep } from '../../../../test/engines/reference.ts';
import { clear, sgd, stepOptions } from '../../../../test/engines/small-space.ts';
import { nativeWidths } from '../../../../test/engines/native-under-test.ts';

const double = await createPlainRunner(primitiveOps, 'double');
const single = await createPlainRunner(primitiveOps, 'float');
afterAll(() => {
  double.dispose();
  single.dispose();
});

const lookup = (all: readonly PatternDefinition[]): PatternLookup => ({
  get: (name) => all.find((pattern) => pattern.name === name),
  all: () => all,
});
/** The unit at any size, and never. */
const expanding = lookup([expansionPattern(0), ...nativePatterns]);
const storing = lookup(nativePatterns.filter(({ name }) => !name.startsWith('native.expansion')));

interface Block {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly expand: number;
  readonly kernel: number;
  readonly stride: number;
  readonly residual?: boolean;
}

/** A block behind a normalisation, whose shift is the mean of the block's input. */
const graphOf = ({ height, width, channels, expand, kernel, stride, residual = false }: Block): Graph => {
  const builder = new TestBuilder('', [{ id: 'image', type: float32(height, width, 2) }]);
  let value = builder.op('stem', 'conv2d', ['image'], { width: channels, kernel: 3 });
  value = builder.op('stemNorm', 'batchNorm', [value]);
  const block = mbConv(builder, value, { kernel, expand, stride, width: channels });
  value = residual ? builder.op('sum', 'add', [block, value]) : block;
  return builder.graph(builder.op('classifier', 'linear', [builder.op('pool', 'globalAvgPool', [value])], { width: 4 }));
};

const programOf = async (graph: Graph, parameters: ReadonlyMap<string, Tensor>, patterns = expanding, threads = 2): Promise<Program> => {
  const program = await compileFor(native, graph, { patterns, threads });
  await program.writeState({ parameters });
  return program;
};

const path = singlePath([]);

const gradientsOf = async (program: Program): Promise<ReadonlyMap<string, Float32Array>> => {
  const table = new Map([...(await program.readGradients())].map(([id, { data }]) => [id, data]));
  await program.applyUpdate(clear);
  return table;
};

/** Relative errors of the loss and of all gradients; those of the plain kernels in float32 beside. */
const errorsOf = async (program: Program, graph: Graph, parameters: ReadonlyMap<string, Tensor>, count: number) => {
  const batch = randomBatch(graph, count, count);
  const expected = referenceStep(double, pathNetwork(graph, []), parameters, batch);
  const plain = referenceStep(single, pathNetwork(graph, []), parameters, batch);
  const { loss } = await program.forwardBackward(batch, path, { ...stepOptions, batchNorm: 'batch' });
  return {
    loss: Math.abs(loss - expected.loss) / expected.loss,
    gradients: wholeError(await gradientsOf(program), expected.gradients),
    plain: wholeError(plain.gradients, expected.gradients),
  };
};

const blocks: readonly Block[] = [
  { height: 9, width: 14, channels: 16, expand: 3, kernel: 3, stride: 1 },
  { height: 12, width: 7, channels: 5, expand: 3, kernel: 5, stride: 1 },
  { height: 16, width: 16, channels: 24, expand: 6, kernel: 7, stride: 1, residual: true },
  { height: 11, width: 13, channels: 17, expand: 5, kernel: 3, stride: 2 },
  { height: 14, width: 28, channels: 33, expand: 2, kernel: 5, stride: 2 },
  { height: 5, width: 6, channels: 3, expand: 7, kernel: 7, stride: 2 },
  { height: 2, width: 3, channels: 1, expand: 6, kernel: 7, stride: 1, residual: true },
  { height: 3, width: 150, channels: 8, expand: 8, kernel: 3, stride: 1, residual: true },
];

test.each(blocks)('$height x $width, $channels channels, expansion $expand, kernel $kernel, stride $stride', async (block) => {
  const graph = graphOf(block);
  const parameters = randomParameters(graph, block.channels);
  const program = await programOf(graph, parameters);
  for (const count of [8, 3, 1]) {
    const errors = await errorsOf(program, graph, parameters, count);
    const close = errors.loss < 1e-6 && errors.gradients < 2e-6;
    expect({ count, ...errors, close }).toMatchObject({ close: true });
  }
  await program.dispose();
});

test.each(nativeWidths)('vectors of %s', async (width) => {
  vi.stubEnv('NASC_VECTOR_WIDTH', width);
  for (const block of [blocks[2]!, blocks[4]!]) {
    const graph = graphOf(block);
    const parameters = randomParameters(graph, 3);
    const program = await programOf(graph, parameters);
    expect((await errorsOf(program, graph, parameters, 8)).gradients).toBeLessThan(2e-6);
    await program.dispose();
  }
  vi.unstubAllEnvs();
});

test('a mean of the input a thousand times its deviation costs no more digits than it costs the plain kernels', async () => {
  for (const block of [blocks[2]!, blocks[3]!]) {
    const graph = graphOf(block);
    const parameters = randomParameters(graph, 5);
    const { shape, data } = parameters.get('stemNorm.shift')!;
    parameters.set('stemNorm.shift', { shape, data: data.map((value) => 1000 + value) });
    const program = await programOf(graph, parameters);
    const { gradients, plain } = await errorsOf(program, graph, parameters, 8);
    expect(gradients).toBeLessThan(plain);
    await program.dispose();
  }
});

test('running statistics: scores, gradients through them, updates and recalibration are those of the kernels that store', async () => {
  for (const block of [blocks[2]!, blocks[3]!]) {
    const graph = graphOf(block);
    const parameters = randomParameters(graph, 7);
    const results = [];
    for (const patterns of [expanding, storing]) {
      const program = await programOf(graph, parameters, patterns);
      await program.trainStep(randomBatch(graph, 8, 1), path, { ...stepOptions, batchNorm: 'update' }, { ...sgd, learningRate: 0 });
      await program.forwardBackward(randomBatch(graph, 5, 2), path, { ...stepOptions, batchNorm: 'running' });
      const gradients = await gradientsOf(program);
      const { logits } = await program.evaluate(randomBatch(graph, 3, 3), path, 'running');
      const statistics = await program.recalibrate(path, [randomBatch(graph, 8, 4), randomBatch(graph, 2, 5)]);
      const { parameters: after } = await program.readState();
      results.push({ gradients, logits, statistics, after });
      await program.dispose();
    }
    const [ours, theirs] = results as [(typeof results)[0], (typeof results)[0]];
    expect(wholeError(ours.gradients, theirs.gradients)).toBeLessThan(3e-6);
    expect(relativeError(ours.logits, theirs.logits)).toBeLessThan(3e-6);
    for (const [id, { data }] of theirs.after)
      expect({ id, error: relativeError(ours.after.get(id)!.data, data) < 1e-5 }).toEqual({ id, error: true });
    for (const [id, { mean, variance }] of theirs.statistics) {
      const { mean: ourMean, variance: ourVariance } = ours.statistics.get(id)!;
      expect({ id, close: relativeError(ourMean, mean) < 1e-5 && relativeError(ourVariance, variance) < 1e-5 }).toEqual({
        id,
        close: true,
      });
    }
  }
});

test('the same bits on any number of threads', async () => {
  const graph = graphOf(blocks[2]!);
  const parameters = randomParameters(graph, 9);
  const results = [];
  for (const threads of [1, 2, 3]) {
    const program = await programOf(graph, parameters, expanding, threads);
    const { loss } = await program.forwardBackward(randomBatch(graph, 7, 1), path, { ...stepOptions, batchNorm: 'batch' });
    results.push({ loss, gradients: await gradientsOf(program) });
    await program.dispose();
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

test('the arena is smaller without expanded tensors, and a batch smaller than the full one keeps the choice of kernels', async () => {
  const graph = graphOf({ height: 32, width: 32, channels: 16, expand: 6, kernel: 3, stride: 1 });
  const expandedBytes = 8 * 32 * 32 * 96 * 4;
  const atFullBatch = lookup([expansionPattern(expandedBytes / 16 - 1), ...storing.all()]);
  const parameters = randomParameters(graph, 11);
  const [ours, theirs] = await Promise.all([atFullBatch, storing].map((patterns) => programOf(graph, parameters, patterns)));
  expect(ours!.arenaBytes).toBeLessThan(theirs!.arenaBytes! - expandedBytes);
  expect((await errorsOf(ours!, graph, parameters, 2)).gradients).toBeLessThan(2e-6);
  await ours!.dispose();
  await theirs!.dispose();
});
