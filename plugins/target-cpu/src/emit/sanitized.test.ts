// Emitted code under the address and undefined-behaviour sanitizers: arena, weights, input and output are exactly as large as the
// header says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectVectorWidth } from '@nasc/c-emit';
import { afterAll, describe, expect, it } from 'vitest';
import { compilerFlags } from '../compiler-flags.ts';
import { chains } from '../kernels/chains.test-helper.ts';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { allowedError, errorOf, has } from './builds.test-helper.ts';
import { emitNetwork } from './emit-network.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-sanitized-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const compiler = 'gcc';
// Checks as calls: less code, and compiled faster.
const sanitizers = [
  '-O1',
  '-g',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
  '--param',
  'asan-instrumentation-with-call-threshold=0',
];
const vectorWidth = detectVectorWidth();

describe(`address and undefined sanitizers, ${vectorWidth} (needs ${compiler})`, () => {
  it.runIf(has(compiler)).each(chains)('$name', async ({ input, layers, classes }) => {
    const network = chainNetwork(input, layers, classes, 7);
    const emitted = emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth, weights: 'file' }));
    const build = { compiler, flags: [...compilerFlags(vectorWidth), ...sanitizers], cacheFolder };
    expect(await errorOf(network, emitted, build)).toBeLessThan(allowedError);
  });
});
