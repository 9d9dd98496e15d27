// Networks that several threads run together: the bits of one thread, no race, and a pool that is optional.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectVectorWidth } from '@nasc/c-emit';
import { afterAll, describe, expect, it } from 'vitest';
import { compilerFlags } from '../compiler-flags.ts';
import { chains } from '../kernels/chains.test-helper.ts';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { has, logitsOf, strict } from './builds.test-helper.ts';
import { emitNetwork } from './emit-network.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-threads-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const vectorWidth = detectVectorWidth();
const compiler = 'gcc';
const emit = (network: ReturnType<typeof chainNetwork>, threads: number) =>
  emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth, weights: 'file', threads }));

describe(`threads, ${vectorWidth} (needs ${compiler})`, () => {
  it.runIf(has(compiler)).each(chains)('$name: three threads give the bits of one', async ({ input, layers, classes }) => {
    const network = chainNetwork(input, layers, classes, 7);
    const flags = [...strict, ...compilerFlags(vectorWidth), '-O1'];
    const alone = await logitsOf(network, emit(network, 1), { compiler, flags, cacheFolder });
    const together = emit(network, 3);
    expect(await logitsOf(network, together, { compiler, flags, cacheFolder, threads: 3 })).toEqual(alone);
    // More threads than a call has items, and fewer than the arena has room for.
    expect(await logitsOf(network, together, { compiler, flags, cacheFolder, threads: 2 })).toEqual(alone);
    expect(await logitsOf(network, together, { compiler, flags, cacheFolder })).toEqual(alone);
  });

  it.runIf(has(compiler)).each(chains.filter(({ name }) => name.startsWith('whole')))(
    '$name: without a race (thread sanitizer)',
    async ({ input, layers, classes }) => {
      const network = chainNetwork(input, layers, classes, 7);
      const flags = [...compilerFlags(vectorWidth), '-O1', '-g', '-fsanitize=thread'];
      await expect(logitsOf(network, emit(network, 3), { compiler, flags, cacheFolder, threads: 3 })).resolves.toHaveLength(2 * classes);
    },
  );

  it('brings the pool only where several threads are asked for', () => {
    const { input, layers, classes } = chains[0]!;
    const network = chainNetwork(input, layers, classes, 7);
    const threadFiles = (threads: number) => [...emit(network, threads).files.keys()].filter((name) => name.includes('threads'));
    expect(threadFiles(1)).toEqual([]);
    expect(threadFiles(2)).toEqual(['chain_threads.h', 'chain_threads.c']);
  });
});
