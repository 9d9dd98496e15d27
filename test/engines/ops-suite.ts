// Every op, on every one of its examples, as a part of a network that an engine trains.
import { createPlainRunner } from '@nasc/c-emit';
import { elementCount, float32 } from '@nasc/ir';
import type { OpNode } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test } from 'vitest';
import { compileFor, noPatterns } from './engine-under-test.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { randomBatch, randomParameters, TestBuilder, worstError } from './graphs.ts';
import { referenceStep } from './reference.ts';
import { clear, stepOptions } from './small-space.ts';

export const opsSuite = async (under: EngineUnderTest): Promise<void> => {
  const double = await createPlainRunner(primitiveOps, 'double');
  afterAll(() => double.dispose());

  const rows = primitiveOps.flatMap((op) => op.examples.map((example) => ({ op: op.name, ...example })));

  test.each(rows)('$op ($name): gradients equal float64, with and without fused kernels', async ({ op, attributes, inputs }) => {
    // Every input of the op is a layer's output, so that its gradient shows in that layer's weights.
    const builder = new TestBuilder('', [{ id: 'image', type: float32(6) }]);
    const operands = inputs.map(({ shape }, index) => {
      const flat = builder.op(`make${index}`, 'linear', ['image'], { width: elementCount(shape) });
      return shape.length === 1 ? flat : builder.op(`shape${index}`, 'reshape', [flat], { shape });
    });
    const value = builder.op('op', op, operands, attributes);
    const count = elementCount(builder.typeOf(value).shape);
    const flat = builder.op('flatten', 'reshape', [value], { shape: [count] });
    const graph = builder.graph<OpNode>(builder.op('classifier', 'linear', [flat], { width: 3 }));

    const parameters = randomParameters(graph, 5);
    const batch = randomBatch(graph, 5, 6);
    const expected = referenceStep(double, graph, parameters, batch, stepOptions.randomKey);
    for (const patterns of under.options.patterns ? [under.options.patterns, noPatterns] : [noPatterns]) {
      const program = await compileFor(under, graph, { patterns });
      await program.writeState({ parameters });
      // Twice: the second step shows what the first should have cleared.
      for (let step = 0; step < 2; step++) {
        const { loss } = await program.forwardBackward(batch, [], { ...stepOptions, batchNorm: 'batch' });
        expect(loss).toBeCloseTo(expected.loss, 4);
        const { error, id } = worstError(await program.readGradients(), expected.gradients);
        expect({ id, error: error < 1e-4 ? 0 : error }).toEqual({ id, error: 0 });
        await program.applyUpdate(clear);
      }
      await program.dispose();
    }
  });
};
