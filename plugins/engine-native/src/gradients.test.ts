import { createPlainRunner } from '@nasc/c-emit';
import { singlePath } from '@nasc/core';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test } from 'vitest';
import { compileFor, native } from '../../../test/engines/engine-under-test.ts';
import { mobileSpace, pathNetwork, randomBatch, randomParameters, worstError } from '../../../test/engines/graphs.ts';
import { referenceStep } from '../../../test/engines/reference.ts';
import type { Reference } from '../../../test/engines/reference.ts';
import { clear, stepOptions } from '../../../test/engines/small-space.ts';

const double = await createPlainRunner(primitiveOps, 'double');
const single = await createPlainRunner(primitiveOps, 'float');
afterAll(() => {
  double.dispose();
  single.dispose();
});

const plainError = (plain: Reference, expected: Reference): number =>
  worstError(new Map([...plain.gradients].map(([id, data]) => [id, { data }])), expected.gradients).error;

const batchOptions = { ...stepOptions, batchNorm: 'batch' } as const;

/** One block, so that errors of single kernels are not hidden by what comes after. */
test.each(
  [1, 3, 7, 8, 16, 17, 33].flatMap((width) =>
    [
      { kernel: 3, expand: 6, stride: 1 },
      { kernel: 5, expand: 3, stride: 2 },
      { kernel: 7, expand: 1, stride: 1 },
      { kernel: 7, expand: 2, stride: 2 },
      { kernel: 3, expand: 1, stride: 2 },
    ].map((block) => ({ ...block, width })),
  ),
)('one block of width $width, kernel $kernel, expansion $expand, stride $stride', async ({ width, kernel, expand, stride }) => {
  const graph = mobileSpace({
    size: 11,
    channels: 2,
    stem: width,
    blocks: [{ width: width + 1, stride, candidates: [{ kernel, expand }] }],
    head: 5,
    classes: 4,
  });
  const program = await compileFor(native, graph);
  const parameters = randomParameters(graph, width);
  await program.writeState({ parameters });
  for (const count of [8, 3, 2]) {
    const batch = randomBatch(graph, count, count);
    const expected = referenceStep(double, pathNetwork(graph, [0]), parameters, batch);
    const { loss } = await program.forwardBackward(batch, singlePath([0]), batchOptions);
    expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-4 * Math.max(1, expected.loss));
    const { error, id } = worstError(await program.readGradients(), expected.gradients);
    // Where float32 itself is worse (activations at a kink, variances near 0), as good as plain float32.
    const limit = Math.max(
      width === 1 ? 1e-3 : 1e-4,
      2 * plainError(referenceStep(single, pathNetwork(graph, [0]), parameters, batch), expected),
    );
    expect({ id, count, error: error < limit ? 0 : error }).toEqual({ id, count, error: 0 });
    await program.applyUpdate(clear);
  }
  await program.dispose();
});
