import { createPlainRunner } from '@nasc/c-emit';
import { elementCount } from '@nasc/ir';
import type { Attributes } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test, vi } from 'vitest';
import { compileFor, native } from '../../../../test/engines/engine-under-test.ts';
import { randomBatch, randomParameters } from '../../../../test/engines/graphs.ts';
import { nativeWidths } from '../../../../test/engines/native-under-test.ts';
import { stepOptions } from '../../../../test/engines/small-space.ts';
import { gradientErrors, networkAround, plainKernelsOf } from './beside-reference.test-helper.ts';
import type { BuildOps } from './beside-reference.test-helper.ts';
import { nativePatterns } from './patterns.ts';

const double = await createPlainRunner(primitiveOps, 'double');
afterAll(() => double.dispose());

const examples = nativePatterns.flatMap((pattern) => pattern.examples.map(({ name, graph }) => ({ pattern: pattern.name, name, graph })));

test.each(examples)('$pattern ($name): gradients are those of its ops in float64', async ({ graph: { inputs, nodes } }) => {
  const graph = networkAround(
    inputs.map(({ type }) => type.shape),
    (builder, values) => {
      const renamed = new Map(inputs.map(({ id }, index) => [id, values[index]!]));
      for (const { id, op, inputs: read, attributes } of nodes)
        renamed.set(
          id,
          builder.op(
            id,
            op,
            read.map((input) => renamed.get(input)!),
            attributes,
          ),
        );
      return renamed.get(nodes.at(-1)!.id)!;
    },
  );
  expect(await gradientErrors(graph, double)).toEqual([]);
  expect(await plainKernelsOf(graph)).toEqual([]);
});

interface OneOp {
  readonly op: string;
  readonly attributes?: Attributes;
  readonly shapes: readonly (readonly number[])[];
}

/** Odd sizes, channels around every vector, borders on all sides. */
const oddOnes: readonly OneOp[] = [
  { op: 'globalAvgPool', shapes: [[7, 9, 131]] },
  { op: 'globalAvgPool', shapes: [[11, 5, 64]] },
  { op: 'mul', shapes: [[5, 7, 67], [67]] },
  {
    op: 'mul',
    shapes: [
      [8, 7, 128],
      [1, 1, 128],
    ],
  },
  {
    op: 'mul',
    shapes: [
      [5, 3, 7],
      [5, 3, 7],
    ],
  },
  { op: 'sigmoid', shapes: [[5, 7, 13]] },
  ...['maxPool', 'avgPool'].flatMap((op): OneOp[] => [
    { op, attributes: { kernel: 3 }, shapes: [[7, 6, 77]] },
    { op, attributes: { kernel: 3, stride: 2 }, shapes: [[7, 8, 17]] },
    { op, attributes: { kernel: 2, stride: 3, padding: 0 }, shapes: [[8, 9, 5]] },
    { op, attributes: { kernel: 7 }, shapes: [[9, 8, 16]] },
    { op, attributes: { kernel: 5 }, shapes: [[3, 2, 33]] },
  ]),
  { op: 'avgPool', attributes: { kernel: 3, countIncludePad: true }, shapes: [[6, 5, 18]] },
  { op: 'conv2d', attributes: { kernel: 1, width: 30, groups: 3 }, shapes: [[7, 9, 21]] },
  { op: 'conv2d', attributes: { kernel: 3, width: 136, groups: 2, bias: true }, shapes: [[5, 6, 34]] },
  { op: 'conv2d', attributes: { kernel: 3, width: 16, groups: 4, stride: 2 }, shapes: [[9, 7, 12]] },
  { op: 'conv2d', attributes: { kernel: 3, width: 20, groups: 2, dilation: 2 }, shapes: [[8, 7, 6]] },
  { op: 'conv2d', attributes: { kernel: 5, width: 14, groups: 2, padding: 1 }, shapes: [[8, 7, 4]] },
  { op: 'depthwiseConv2d', attributes: { kernel: 3, dilation: 2 }, shapes: [[9, 8, 67]] },
  { op: 'depthwiseConv2d', attributes: { kernel: 5, dilation: 3, stride: 2, bias: true }, shapes: [[11, 9, 17]] },
  { op: 'depthwiseConv2d', attributes: { kernel: 3, stride: 3, padding: 0 }, shapes: [[10, 11, 5]] },
  { op: 'depthwiseConv2d', attributes: { kernel: 2, stride: 2, padding: 0 }, shapes: [[7, 6, 16]] },
  { op: 'depthwiseConv2d', attributes: { kernel: 7, padding: 2 }, shapes: [[8, 9, 131]] },
];

test.each(oddOnes)('$op $attributes of $shapes', async ({ op, attributes = {}, shapes }) => {
  const graph = networkAround(shapes, (builder, inputs) => builder.op('op', op, inputs, attributes));
  expect(await gradientErrors(graph, double)).toEqual([]);
  expect(await plainKernelsOf(graph)).toEqual([]);
});

/** All of them beside each other. */
const oddNetwork = networkAround(
  oddOnes.flatMap(({ shapes }) => shapes),
  (builder, inputs) => {
    const left = [...inputs];
    const flat = oddOnes.map(({ op, attributes = {}, shapes }, index) => {
      const value = builder.op(`op${index}`, op, left.splice(0, shapes.length), attributes);
      return builder.op(`flat${index}`, 'reshape', [value], { shape: [elementCount(builder.typeOf(value).shape)] });
    });
    return builder.op('all', 'concat', flat, { axis: 0 });
  },
);

test.each(nativeWidths.slice(1))('the same with vectors of %s', async (width) => {
  vi.stubEnv('NASC_VECTOR_WIDTH', width);
  expect(await gradientErrors(oddNetwork, double, 5e-5)).toEqual([]);
  vi.unstubAllEnvs();
});

test('the same bits on 1 and 3 threads', async () => {
  const batch = randomBatch(oddNetwork, 8, 1);
  const results = [];
  for (const threads of [1, 3]) {
    const program = await compileFor(native, oddNetwork, { threads });
    await program.writeState({ parameters: randomParameters(oddNetwork, 1) });
    await program.forwardBackward(batch, [], stepOptions);
    const gradients = await program.readGradients();
    results.push(new Map([...gradients].map(([id, { data }]) => [id, Buffer.from(data.buffer).toString('base64')])));
    await program.dispose();
  }
  expect(results[1]).toEqual(results[0]);
});

/** Values that are read several times, so that gradients are added to what is there. */
const shared: Readonly<Record<string, { readonly shapes: OneOp['shapes']; readonly build: BuildOps }>> = {
  'a value times itself': { shapes: [[4, 5, 9]], build: (builder, [x]) => builder.op('square', 'mul', [x!, x!]) },
  'squeeze and excite': {
    shapes: [[6, 5, 24]],
    build: (builder, [x]) => {
      const mean = builder.op('mean', 'globalAvgPool', [x!]);
      return builder.op('scale', 'mul', [x!, builder.op('gate', 'hSigmoid', [builder.op('expand', 'linear', [mean], { width: 24 })])]);
    },
  },
  'pools and convolutions side by side': {
    shapes: [[6, 7, 20]],
    build: (builder, [x]) => {
      const branches = [
        builder.op('logistic', 'sigmoid', [x!]),
        builder.op('largest', 'maxPool', [x!], { kernel: 3 }),
        builder.op('means', 'avgPool', [x!], { kernel: 3 }),
        builder.op('grouped', 'conv2d', [x!], { kernel: 3, width: 20, groups: 2 }),
        builder.op('pointwise', 'conv2d', [x!], { kernel: 1, width: 20, groups: 4 }),
        builder.op('dilated', 'depthwiseConv2d', [x!], { kernel: 3, dilation: 2 }),
        x!,
      ];
      return builder.op('sum', 'add', branches);
    },
  },
};

test.each(Object.entries(shared))('%s', async (_name, { shapes, build }) => {
  expect(await gradientErrors(networkAround(shapes, build), double)).toEqual([]);
});
