import { createPlainRunner } from '@nasc/c-emit';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test, vi } from 'vitest';
import { gradientErrors, networkAround, plainKernelsOf } from './beside-reference.test-helper.ts';
import type { BuildOps } from './beside-reference.test-helper.ts';
import { nativeWidths } from '../../../../test/engines/native-under-test.ts';

const double = await createPlainRunner(primitiveOps, 'double');
afterAll(() => double.dispose());

/** Chains that read what the one before left normalised, and some that write it out. */
const stack: BuildOps = (builder, [image]) => {
  const active = (name: string, value: string) => builder.op(`${name}Act`, 'hSwish', [builder.op(`${name}Norm`, 'batchNorm', [value])]);
  const normed = active('input', image!);
  const expanded = active('expand', builder.op('expand', 'conv2d', [normed], { width: 19, kernel: 1 }));
  const filtered = active('filter', builder.op('filter', 'depthwiseConv2d', [expanded], { kernel: 3 }));
  const projected = active('project', builder.op('project', 'conv2d', [filtered], { width: 5, kernel: 1 }));
  return active('gather', builder.op('gather', 'conv2d', [projected], { width: 4, kernel: 3 }));
};

test.each(nativeWidths)('hSwish behind normalisations, with vectors of %s', async (width) => {
  vi.stubEnv('NASC_VECTOR_WIDTH', width);
  const graph = networkAround([[7, 6, 9]], stack);
  expect(await gradientErrors(graph, double)).toEqual([]);
  expect(await plainKernelsOf(graph)).toEqual([]);
  vi.unstubAllEnvs();
});
