import { createPlainRunner } from '@nasc/c-emit';
import type { Attributes } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test, vi } from 'vitest';
import { gradientErrors, networkAround, plainKernelsOf } from './beside-reference.test-helper.ts';
import { nativeWidths } from '../../../../test/engines/native-under-test.ts';

const double = await createPlainRunner(primitiveOps, 'double');
afterAll(() => double.dispose());

interface Case {
  readonly op: 'conv2d' | 'linear';
  readonly shape: readonly number[];
  readonly attributes: Attributes;
}

/** Sizes that leave a rest in every tile; weights so large that their gradient has a kernel of its own. */
const cases: readonly Case[] = [
  { op: 'conv2d', shape: [7, 9, 3], attributes: { kernel: 3, width: 16, stride: 2 } },
  { op: 'conv2d', shape: [9, 8, 5], attributes: { kernel: 5, width: 19, stride: 2, bias: true } },
  { op: 'conv2d', shape: [8, 7, 18], attributes: { kernel: 3, width: 33, dilation: 2 } },
  { op: 'conv2d', shape: [5, 6, 70], attributes: { kernel: 1, width: 9, stride: 2 } },
  { op: 'conv2d', shape: [11, 7, 41], attributes: { kernel: 1, width: 87, bias: true } },
  { op: 'conv2d', shape: [2, 3, 235], attributes: { kernel: 1, width: 301 } },
  { op: 'conv2d', shape: [3, 2, 309], attributes: { kernel: 1, width: 229, bias: true } },
  { op: 'linear', shape: [131], attributes: { width: 77 } },
  { op: 'linear', shape: [19], attributes: { width: 5, bias: false } },
];

const networkOf = ({ op, shape, attributes }: Case) =>
  networkAround([shape], (builder, [input]) => builder.op('op', op, [input!], attributes));

/** The same between two normalisations: what it reads, and what arrives, is worked out on the way. */
const normalisedNetworkOf = ({ op, shape, attributes }: Case) =>
  networkAround([shape], (builder, [input]) => {
    const before = builder.op('before', 'relu6', [builder.op('norm', 'batchNorm', [input!])]);
    const value = builder.op('op', op, [before], attributes);
    return builder.op('behind', 'relu', [builder.op('otherNorm', 'batchNorm', [value])]);
  });

test.each(cases)('$op of $shape with $attributes', async (one) => {
  const graph = networkOf(one);
  expect(await gradientErrors(graph, double)).toEqual([]);
  expect(await plainKernelsOf(graph)).toEqual([]);
});

const normalisable = cases.filter(({ op, attributes }) => op === 'conv2d' && attributes['bias'] !== true);

test.each(normalisable)('$op of $shape with $attributes between normalisations', async (one) => {
  expect(await gradientErrors(normalisedNetworkOf(one), double, 1e-4)).toEqual([]);
});

test.each(nativeWidths.slice(1))('the same with vectors of %s', async (width) => {
  vi.stubEnv('NASC_VECTOR_WIDTH', width);
  for (const one of cases) expect({ one, errors: await gradientErrors(networkOf(one), double) }).toEqual({ one, errors: [] });
  for (const one of normalisable)
    expect({ one, errors: await gradientErrors(normalisedNetworkOf(one), double, 1e-4) }).toEqual({ one, errors: [] });
  vi.unstubAllEnvs();
});
