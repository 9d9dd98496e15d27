// The fused kernels against float64, compiled for every vector width that this machine runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonFlags, compile, detectVectorWidth, runProgram, vectorFlags } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
import { Random } from '@nasc/random';
import { afterAll, describe, expect, it } from 'vitest';
import { emitNetwork } from '../emit/emit-network.ts';
import { readCpuOptions } from '../options.ts';
import { chainNetwork, testRegistry } from './random-network.test-helper.ts';
import type { ChainLayer } from './random-network.test-helper.ts';
import { evaluateReference } from './reference.test-helper.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

const host = detectVectorWidth();
const widths: readonly VectorWidth[] =
  host === 'avx512' ? ['avx512', 'avx2', 'portable'] : host === 'portable' ? [host] : [host, 'portable'];

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
const dense = (kernel: number, stride: number, channels: number, activation?: string): ChainLayer => ({
  op: 'conv2d',
  kernel,
  stride,
  channels,
  ...(activation && { activation }),
});

const chains: readonly {
  readonly name: string;
  readonly input: readonly [number, number, number];
  readonly layers: readonly ChainLayer[];
  readonly classes: number;
  readonly plain?: readonly string[];
}[] = [
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
    name: 'nodes that only plain kernels do',
    input: [8, 8, 3],
    layers: [dense(3, 1, 16, 'sigmoid'), { ...dense(3, 1, 32, 'relu'), groups: 4 }, dense(3, 2, 2, 'relu6'), depthwise(3, 1, 'relu6')],
    classes: 10,
    plain: ['layer0.act', 'layer1.conv', 'layer1.act'],
  },
];

const image = (length: number, seed: number): Float32Array => {
  const random = new Random({ seed, stream: 'test.image' });
  return Float32Array.from({ length }, () => random.normal());
};

describe.each(widths)('%s', (vectorWidth) => {
  it.each(chains)('$name', async ({ input, layers, classes, plain = [] }) => {
    const network = chainNetwork(input, layers, classes, 7);
    const emitted = emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth }));
    const program = await compile({
      kind: 'executable',
      sources: emitted.files as ReadonlyMap<string, string>,
      flags: [...commonFlags, ...vectorFlags[vectorWidth].flags],
      cacheFolder: folder,
    });
    const length = input[0] * input[1] * input[2];
    const images = [image(length, 1), image(length, 2)];
    const bytes = await runProgram(program, ['--run', '-'], Buffer.concat(images.map((one) => Buffer.from(one.buffer))));
    const logits = new Float32Array(bytes.slice().buffer);
    for (const [index, one] of images.entries()) {
      const expected = evaluateReference(network.graph, network.weights, one);
      const scale = Math.max(...expected.map(Math.abs));
      for (const [at, value] of expected.entries()) expect(Math.abs(logits[index * classes + at]! - value) / scale).toBeLessThan(3e-6);
    }
    expect(emitted.coverage.filter(({ kind }) => kind !== 'special').map(({ node }) => node)).toEqual(plain);
  });
});
