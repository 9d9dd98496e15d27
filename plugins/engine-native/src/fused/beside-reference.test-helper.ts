// A few ops in the middle of a network, trained by the engine and by the plain kernels in float64.
import type { PlainRunner } from '@nasc/c-emit';
import { elementCount, float32 } from '@nasc/ir';
import type { Graph, NodeId, OpNode } from '@nasc/ir';
import { expect } from 'vitest';
import { compileFor, native } from '../../../../test/engines/engine-under-test.ts';
import { ops, randomBatch, randomParameters, TestBuilder, worstError } from '../../../../test/engines/graphs.ts';
import { referenceStep } from '../../../../test/engines/reference.ts';
import { clear, stepOptions } from '../../../../test/engines/small-space.ts';
import { compileObserved } from '../engine.ts';

export type BuildOps = (builder: TestBuilder, inputs: readonly NodeId[]) => NodeId;

/** Every input of the ops is a layer's output, so that its gradient shows in that layer's weights. */
export const networkAround = (shapes: readonly (readonly number[])[], build: BuildOps): Graph<OpNode> => {
  const builder = new TestBuilder('', [{ id: 'image', type: float32(6) }]);
  const inputs = shapes.map((shape, index) => {
    const flat = builder.op(`make${index}`, 'linear', ['image'], { width: elementCount(shape) });
    return shape.length === 1 ? flat : builder.op(`shape${index}`, 'reshape', [flat], { shape });
  });
  const value = build(builder, inputs);
  const flat = builder.op('flatten', 'reshape', [value], { shape: [elementCount(builder.typeOf(value).shape)] });
  return builder.graph<OpNode>(builder.op('classifier', 'linear', [flat], { width: 3 }));
};

const batchSize = 5;

/** Two steps of each batch size: the second shows what the first should have cleared. `offset` is added to every layer's bias. */
export const expectReferenceGradients = async (
  graph: Graph<OpNode>,
  double: PlainRunner,
  { tolerance = 2e-5, offset = 0 }: { readonly tolerance?: number; readonly offset?: number } = {},
): Promise<void> => {
  const parameters = randomParameters(graph, 5);
  for (const [id, { data }] of parameters) if (/^make\d+\.bias$/.test(id)) data.forEach((_, index) => (data[index]! += offset));
  const program = await compileFor(native, graph, { batchSize });
  await program.writeState({ parameters });
  for (const count of [batchSize, batchSize, 2]) {
    const batch = randomBatch(graph, count, 6);
    const expected = referenceStep(double, graph, parameters, batch, stepOptions.randomKey);
    const { loss } = await program.forwardBackward(batch, [], { ...stepOptions, batchNorm: 'batch' });
    expect(loss).toBeCloseTo(expected.loss, 4);
    const { error, id } = worstError(await program.readGradients(), expected.gradients);
    expect({ id, count, error: error < tolerance ? 0 : error }).toEqual({ id, count, error: 0 });
    await program.applyUpdate(clear);
  }
  await program.dispose();
};

/** Kernels of ops between the layers around them. */
export const kernelsOf = async (graph: Graph<OpNode>): Promise<readonly string[]> => {
  const kernels = new Set<string>();
  const { options } = native;
  const around = /^(make\d+|shape\d+|flatten|classifier)$/;
  const patterns = options.patterns!;
  const cacheFolder = options.cacheFolder!;
  const program = await compileObserved(graph, { ops, patterns, cacheFolder, threads: 1, batchSize, activePaths: 1 }, (calls) => {
    for (const { phase, part, kernel } of calls) if (/forward|backward/.test(phase) && !around.test(part)) kernels.add(kernel);
  });
  await program.writeState({ parameters: randomParameters(graph, 5) });
  await program.forwardBackward(randomBatch(graph, batchSize, 6), [], { ...stepOptions, batchNorm: 'batch' });
  await program.dispose();
  return [...kernels];
};
