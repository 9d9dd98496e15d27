// Depthwise convolutions of shapes that take different ways through `kernels/depthwise.h`, beside the plain kernels in float64.
import { createPlainRunner } from '@nasc/c-emit';
import { elementCount } from '@nasc/ir';
import type { NodeId } from '@nasc/ir';
import { primitiveOps } from '@nasc/ops';
import { afterAll, expect, test, vi } from 'vitest';
import type { TestBuilder } from '../../../../test/engines/graphs.ts';
import { nativeWidths } from '../../../../test/engines/native-under-test.ts';
import { gradientErrors, networkAround } from './beside-reference.test-helper.ts';

const double = await createPlainRunner(primitiveOps, 'double');
afterAll(() => double.dispose());

interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
}

const kernels = [3, 5, 7];
const shape = (height: number, width: number, channels: number, kernel: number, stride: number): Shape => ({
  height,
  width,
  channels,
  kernel,
  stride,
});

/** Rows that are one tile, and rows of several, of even and odd length. */
const rows = [...Array.from({ length: 17 }, (_, index) => index + 1), 28, 30, 35].flatMap((width) => [
  shape(5, width, 3, kernels[width % 3]!, 1),
  shape(6, width, 3, kernels[(width + 1) % 3]!, 2),
]);

/** Maps smaller than the filter, and channels that are no whole vectors. */
const small = kernels.flatMap((kernel) => [
  shape(1, 1, 17, kernel, 1),
  shape(2, 2, 33, kernel, 2),
  shape(4, 4, 20, kernel, 1),
  shape(8, 8, 20, kernel, 2),
]);

/** So many channels that an item has several images: at a time, the last time fewer. */
const severalImages = [shape(4, 4, 520, 7, 1), shape(3, 3, 520, 5, 2)];

/** More rows than are in scratch at a time. */
const bands = [shape(90, 49, 2, 7, 1), shape(101, 50, 1, 7, 2), shape(118, 48, 1, 5, 2), shape(151, 41, 2, 3, 2), shape(100, 56, 1, 3, 1)];

type Build = (builder: TestBuilder, name: string, image: NodeId, shape: Shape) => NodeId;

/** Behind a normalisation and in front of one, as in a block. */
const between: Build = (builder, name, image, { kernel, stride }) => {
  const normed = builder.op(`${name}.before`, 'relu6', [builder.op(`${name}.beforeNorm`, 'batchNorm', [image])]);
  const filtered = builder.op(`${name}.filter`, 'depthwiseConv2d', [normed], { kernel, stride });
  return builder.op(`${name}.behind`, 'relu6', [builder.op(`${name}.behindNorm`, 'batchNorm', [filtered])]);
};

/** Between other ops; what flows to its input is added to what another convolution lets flow there. */
const alone: Build = (builder, name, image, { kernel, stride }) => {
  const filtered = builder.op(`${name}.filter`, 'depthwiseConv2d', [image], { kernel, stride, bias: true });
  const other = builder.op(`${name}.other`, 'depthwiseConv2d', [image], { kernel: 3, stride });
  return builder.op(`${name}.sum`, 'add', [filtered, other]);
};

/** All shapes beside each other in one network. */
const networkOf = (shapes: readonly Shape[], build: Build) =>
  networkAround(
    shapes.map(({ height, width, channels }) => [height, width, channels]),
    (builder, images) => {
      const flat = shapes.map((of, index) => {
        const name = `${of.height}x${of.width}x${of.channels}.k${of.kernel}s${of.stride}`;
        const value = build(builder, name, images[index]!, of);
        return builder.op(`${name}.flat`, 'reshape', [value], { shape: [elementCount(builder.typeOf(value).shape)] });
      });
      return builder.op('all', 'concat', flat, { axis: 0 });
    },
  );

test.each(nativeWidths)('depthwise convolutions of many shapes, with vectors of %s', async (width) => {
  vi.stubEnv('NASC_VECTOR_WIDTH', width);
  expect(await gradientErrors(networkOf([...rows, ...small, ...severalImages, ...bands], between), double)).toEqual([]);
  expect(await gradientErrors(networkOf([...rows, ...small], alone), double)).toEqual([]);
  vi.unstubAllEnvs();
});
