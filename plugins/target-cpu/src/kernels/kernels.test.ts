// The fused kernels against float64, compiled for every vector width that this machine runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonFlags, compile, detectVectorWidth, runProgram, vectorFlags } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
import { buildNetwork, float32, initialiseParameters } from '@nasc/ir';
import { afterAll, describe, expect, it } from 'vitest';
import { emitNetwork } from '../emit/emit-network.ts';
import { readCpuOptions } from '../options.ts';
import { chains, randomImage } from './chains.test-helper.ts';
import { chainNetwork, testRegistry } from './random-network.test-helper.ts';
import { evaluateReference } from './reference.test-helper.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

const host = detectVectorWidth();
const widths: readonly VectorWidth[] =
  host === 'avx512' ? ['avx512', 'avx2', 'portable'] : host === 'portable' ? [host] : [host, 'portable'];

describe.each(widths)('%s', (vectorWidth) => {
  it.each(chains)('$name', async ({ input, layers, classes, plain = [] }) => {
    const network = chainNetwork(input, layers, classes, 7);
    const emitted = emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth }));
    const program = await compile({
      kind: 'executable',
      sources: emitted.files,
      flags: [...commonFlags, ...vectorFlags[vectorWidth].flags],
      cacheFolder: folder,
    });
    const length = input[0] * input[1] * input[2];
    const images = [randomImage(length, 1), randomImage(length, 2)];
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

it('kernels of a network without products compile', async () => {
  const graph = buildNetwork(testRegistry, (builder) => {
    const filtered = builder.op('filtered', 'depthwiseConv2d', [builder.input('image', float32(9, 9, 3))], { kernel: 3, bias: true });
    return builder.op('means', 'globalAvgPool', [filtered]);
  });
  const weights = initialiseParameters(graph, testRegistry.ops, 3);
  const network = { name: 'filter', graph, weights, classes: ['r', 'g', 'b'], normalisation: { mean: [0, 0, 0], std: [1, 1, 1] } };
  const emitted = emitNetwork(network, testRegistry, readCpuOptions({}));
  expect(emitted.coverage.map(({ kind }) => kind)).toEqual(['special', 'special']);
  const flags = [...commonFlags, ...vectorFlags[host].flags];
  const program = await compile({ kind: 'executable', sources: emitted.files, flags, cacheFolder: folder });
  const image = randomImage(9 * 9 * 3, 1);
  const bytes = await runProgram(program, ['--run', '-'], Buffer.from(image.buffer));
  const expected = evaluateReference(graph, weights, image);
  for (const [at, value] of new Float32Array(bytes.slice().buffer).entries()) expect(Math.abs(value - expected[at]!)).toBeLessThan(1e-6);
});
