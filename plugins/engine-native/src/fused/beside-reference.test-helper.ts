// A few ops in the middle of a network, trained by the engine and by the plain kernels in float64.
import type { PlainRunner } from '@nasc/c-emit';
import { elementCount, float32 } from '@nasc/ir';
import type { Graph, NodeId, OpNode } from '@nasc/ir';
import { compileFor, native } from '../../../../test/engines/engine-under-test.ts';
import { ops, randomBatch, randomParameters, TestBuilder, worstError } from '../../../../test/engines/graphs.ts';
import { loadUnderTest } from '../../../../test/engines/native-under-test.ts';
import { referenceStep } from '../../../../test/engines/reference.ts';
import { clear, stepOptions } from '../../../../test/engines/small-space.ts';
import { compileObserved } from '../engine.ts';
import type { StepObserver } from '../step-profile.ts';

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

/**
 * Gradients that are further from float64 than `tolerance`, for a full batch, once more (which shows what the first step should
 * have cleared), and a smaller one.
 */
export const gradientErrors = async (graph: Graph<OpNode>, double: PlainRunner, tolerance = 2e-5): Promise<readonly string[]> => {
  const parameters = randomParameters(graph, 5);
  const program = await compileFor(native, graph, { batchSize });
  await program.writeState({ parameters });
  const errors: string[] = [];
  for (const count of [batchSize, batchSize, 2]) {
    const batch = randomBatch(graph, count, 6);
    const expected = referenceStep(double, graph, parameters, batch, stepOptions.randomKey);
    const { loss } = await program.forwardBackward(batch, [], { ...stepOptions, batchNorm: 'batch' });
    if (!(Math.abs(loss - expected.loss) < 1e-4)) errors.push(`${count} images: loss ${loss}, not ${expected.loss}`);
    const { error, id } = worstError(await program.readGradients(), expected.gradients);
    if (!(error < tolerance)) errors.push(`${count} images: gradient of ${id} is off by ${error}`);
    await program.applyUpdate(clear);
  }
  await program.dispose();
  return errors;
};

/** Plain kernels that run between the layers around the ops. */
export const plainKernelsOf = async (graph: Graph<OpNode>): Promise<readonly string[]> => {
  const kernels = new Set<string>();
  const { options } = native;
  const around = /^(make\d+|shape\d+|flatten|classifier)$/;
  const patterns = options.patterns!;
  const cacheFolder = options.cacheFolder!;
  const compileOptions = { ops, patterns, cacheFolder, threads: 1, batchSize, activePaths: 1 } as const;
  const observe: StepObserver = (calls) => {
    for (const { phase, part, kernel } of calls) if (/forward|backward/.test(phase) && !around.test(part)) kernels.add(kernel);
  };
  const program = await compileObserved(graph, compileOptions, observe, loadUnderTest);
  await program.writeState({ parameters: randomParameters(graph, 5) });
  await program.forwardBackward(randomBatch(graph, batchSize, 6), [], { ...stepOptions, batchNorm: 'batch' });
  await program.dispose();
  return [...kernels].filter((kernel) => !kernel.startsWith('nasc_'));
};
