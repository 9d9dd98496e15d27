// The fused kernels against float64, compiled for every vector width that this machine runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonFlags, compile, detectVectorWidth, runProgram, vectorFlags } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
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
