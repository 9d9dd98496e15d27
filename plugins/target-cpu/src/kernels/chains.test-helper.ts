// Chains of layers that use every fused kernel at awkward sizes, and images for them. For tests.
import { Random } from '@nasc/random';
import type { ChainLayer } from './random-network.test-helper.ts';

const pointwise = (channels: number, activation?: string, residual = false): ChainLayer => ({
  op: 'conv2d',
  kernel: 1,
  stride: 1,
  channels,
  residual,
  ...(activation && { activation }),
});
const depthwise = (kernel: number, stride: number, activation?: string): ChainLayer => ({
  op: 'depthwiseConv2d',
  kernel,
  stride,
  ...(activation && { activation }),
});
const dense = (kernel: number, stride: number, channels: number, activation?: string, residual = false): ChainLayer => ({
  op: 'conv2d',
  kernel,
  stride,
  channels,
  residual,
  ...(activation && { activation }),
});

/** Expansion, depthwise convolution, projection. */
const mbConv = (
  inner: number,
  kernel: number,
  stride: number,
  channels: number,
  { shortcut = false, activation = 'relu6' }: { readonly shortcut?: boolean; readonly activation?: string } = {},
): readonly ChainLayer[] => [
  pointwise(inner, activation),
  { ...depthwise(kernel, stride, activation), joined: true },
  { ...pointwise(channels), joined: true, ...(shortcut && { residual: 2 }) },
];
/** Depthwise convolution, projection. */
const separable = (kernel: number, stride: number, channels: number, shortcut = false): readonly ChainLayer[] => [
  depthwise(kernel, stride, 'relu6'),
  { ...pointwise(channels), joined: true, ...(shortcut && { residual: 1 }) },
];

export interface Chain {
  readonly name: string;
  readonly input: readonly [number, number, number];
  readonly layers: readonly ChainLayer[];
  readonly classes: number;
  /** Compiled quickly: with every compiler. */
  readonly quick?: true;
  /** Nodes that get plain kernels. */
  readonly plain?: readonly string[];
}

export const chains: readonly Chain[] = [
  {
    name: 'MBConv blocks at 28x28x1, channels that no vector divides',
    input: [28, 28, 1],
    layers: [
      dense(3, 1, 24, 'relu6'),
      pointwise(72, 'relu6'),
      depthwise(5, 1, 'relu6'),
      pointwise(24, undefined, false),
      pointwise(24, 'relu6', true),
      depthwise(3, 2, 'relu6'),
      pointwise(40),
      depthwise(7, 1, 'hSwish'),
      pointwise(40, undefined, true),
    ],
    classes: 10,
  },
  {
    name: 'odd sizes, strides on every kernel',
    input: [37, 29, 3],
    layers: [
      dense(5, 2, 16, 'relu'),
      depthwise(7, 2, 'relu6'),
      pointwise(56, 'hSwish'),
      depthwise(5, 2, 'relu'),
      dense(1, 2, 64, 'hSigmoid'),
      depthwise(3, 1),
      pointwise(17),
    ],
    classes: 37,
  },
  {
    name: 'maps smaller than the kernel',
    quick: true,
    input: [5, 3, 3],
    layers: [
      dense(3, 1, 32),
      depthwise(7, 1, 'relu6'),
      depthwise(7, 2, 'relu6'),
      dense(3, 1, 48, 'relu6'),
      depthwise(5, 2),
      pointwise(320, 'relu6'),
    ],
    classes: 3,
  },
  {
    name: 'wide rows',
    input: [9, 96, 3],
    layers: [
      dense(7, 1, 16, 'relu'),
      depthwise(3, 1, 'relu'),
      depthwise(7, 1, 'relu'),
      pointwise(16, 'relu', true),
      depthwise(5, 2, 'relu6'),
      dense(3, 2, 19),
    ],
    classes: 100,
  },
  {
    name: 'whole blocks in bands',
    input: [56, 40, 3],
    layers: [
      dense(3, 2, 24, 'relu6'),
      // Channels that are no multiple of a vector, with a shortcut over which the sum lies.
      ...mbConv(72, 3, 1, 24, { shortcut: true }),
      ...separable(3, 1, 12),
      // More channels out than in: the output begins in front of the input.
      ...mbConv(36, 5, 1, 28),
      ...mbConv(88, 7, 2, 40, { activation: 'hSwish' }),
      ...separable(3, 1, 40, true),
    ],
    classes: 10,
  },
  {
    name: 'whole stems',
    quick: true,
    input: [30, 22, 3],
    layers: [
      dense(3, 2, 24, 'relu6'),
      ...separable(3, 1, 16).map((layer) => ({ ...layer, joined: true })),
      dense(5, 1, 40, 'hSwish'),
      ...separable(5, 2, 24).map((layer) => ({ ...layer, joined: true })),
    ],
    classes: 5,
  },
  {
    name: 'whole blocks of small images',
    quick: true,
    input: [14, 14, 1],
    layers: [
      dense(3, 1, 20, 'relu'),
      ...mbConv(60, 3, 1, 20, { shortcut: true }),
      ...mbConv(100, 5, 2, 33),
      ...mbConv(200, 7, 1, 33, { shortcut: true, activation: 'relu' }),
      ...mbConv(50, 3, 2, 64),
    ],
    classes: 10,
  },
  {
    name: 'nodes that only plain kernels do',
    quick: true,
    input: [8, 8, 3],
    layers: [dense(3, 1, 16, 'sigmoid'), dense(3, 2, 2, 'relu6'), depthwise(3, 1, 'relu6')],
    classes: 10,
    plain: ['layer0.act'],
  },
  {
    name: 'convolutions in groups',
    quick: true,
    input: [11, 9, 3],
    layers: [
      dense(3, 1, 18, 'relu'),
      { ...dense(3, 1, 36, 'relu'), groups: 2 },
      { ...dense(3, 1, 36, 'relu6', true), groups: 3 },
      { ...dense(5, 2, 140), groups: 4 },
      { ...dense(1, 1, 10, 'hSwish'), groups: 2 },
    ],
    classes: 10,
  },
];

/** Those for every compiler. */
export const quickChains = chains.filter(({ quick }) => quick);

/** Standard normal values. */
export const randomImage = (length: number, seed: number): Float32Array => {
  const random = new Random({ seed, stream: 'test.image' });
  return Float32Array.from({ length }, () => random.normal());
};
