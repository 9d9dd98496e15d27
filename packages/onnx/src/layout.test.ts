import { expect, test } from 'vitest';
import {
  axisFromNchw,
  axisToNchw,
  convolutionWeight,
  depthwiseWeight,
  fromNchwOrder,
  padsFromNchw,
  padsToNchw,
  permutationFromNchw,
  permutationToNchw,
  toNchwOrder,
  weightOfConvolution,
  weightOfDepthwise,
} from './layout.ts';

test('axes and lists of images move channels to the front, others stay in order', () => {
  expect([0, 1, 2].map((axis) => axisToNchw(axis, 3))).toEqual([2, 3, 1]);
  expect(axisToNchw(0, 1)).toBe(1);
  expect([0, 1].map((axis) => axisToNchw(axis, 2))).toEqual([1, 2]);
  expect(toNchwOrder(['height', 'width', 'channels'])).toEqual(['channels', 'height', 'width']);
  expect(toNchwOrder([7])).toEqual([7]);
});

test('pads are all begins, then all ends, the batch unpadded', () => {
  expect(padsToNchw([1, 2, 3], [4, 5, 6])).toEqual([0, 3, 1, 2, 0, 6, 4, 5]);
});

test('a swap of height and width stays one in NCHW', () => {
  expect(permutationToNchw([1, 0, 2])).toEqual([0, 1, 3, 2]);
  // The output's [H, W, C] is the input's [C, H, W]: output channels are input columns, and so on.
  expect(permutationToNchw([2, 0, 1])).toEqual([0, 3, 1, 2]);
});

test('convolution weights go from [kh, kw, cin, cout] to [cout, cin, kh, kw]', () => {
  const [kh, kw, cin, cout] = [2, 3, 2, 4] as const;
  const at = (y: number, x: number, i: number, o: number) => 1000 * y + 100 * x + 10 * i + o;
  const data: number[] = [];
  for (let y = 0; y < kh; y++)
    for (let x = 0; x < kw; x++) for (let i = 0; i < cin; i++) for (let o = 0; o < cout; o++) data.push(at(y, x, i, o));
  const expected: number[] = [];
  for (let o = 0; o < cout; o++)
    for (let i = 0; i < cin; i++) for (let y = 0; y < kh; y++) for (let x = 0; x < kw; x++) expected.push(at(y, x, i, o));
  const written = convolutionWeight({ shape: [kh, kw, cin, cout], data: Float32Array.from(data) });
  expect(written.shape).toEqual([cout, cin, kh, kw]);
  expect([...written.data]).toEqual(expected);
});

test('depthwise weights go from [kh, kw, c] to [c, 1, kh, kw]', () => {
  const written = depthwiseWeight({ shape: [1, 3, 2], data: Float32Array.of(0, 10, 1, 11, 2, 12) });
  expect(written.shape).toEqual([2, 1, 1, 3]);
  expect([...written.data]).toEqual([0, 1, 2, 10, 11, 12]);
});

test('what goes to ONNX comes back', () => {
  for (const rank of [1, 2, 3, 4]) {
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    expect(axes.map((axis) => axisFromNchw(axisToNchw(axis, rank), rank))).toEqual(axes);
    expect(fromNchwOrder(toNchwOrder(axes))).toEqual(axes);
    const [before, after] = [axes, axes.map((axis) => 10 + axis)];
    expect(padsFromNchw(padsToNchw(before, after))).toEqual({ before, after });
    const turned = [...axes.slice(1), 0];
    expect(permutationFromNchw(permutationToNchw(turned))).toEqual(turned);
  }
  const data = Float32Array.from({ length: 2 * 3 * 4 * 5 }, (_, index) => index);
  const weight = { shape: [2, 3, 4, 5], data };
  expect(weightOfConvolution(convolutionWeight(weight))).toEqual(weight);
  const channelwise = { shape: [4, 5, 6], data };
  expect(weightOfDepthwise(depthwiseWeight(channelwise))).toEqual(channelwise);
});
