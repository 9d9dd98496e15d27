// One source for every compiler: with and without vector extensions, warnings forbidden, the results those of the reference.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostVectorWidths } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
import { afterAll, describe, expect, it } from 'vitest';
import { compilerFlags } from '../compiler-flags.ts';
import { quickChains } from '../kernels/chains.test-helper.ts';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { allowedError, errorOf, has, strict } from './builds.test-helper.ts';
import { emitNetwork } from './emit-network.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-compilers-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const widths = (['avx512', 'avx2', 'portable'] as const).filter((width) => hostVectorWidths().includes(width));
const quick = (width: VectorWidth) => [...strict, ...compilerFlags(width), '-O1'];
const noExtensions = '-DNASC_NO_VECTOR_EXTENSIONS';

const builds: readonly { readonly compiler: string; readonly width: VectorWidth; readonly flags: readonly string[] }[] = [
  ...['gcc', 'clang'].flatMap((compiler) => [
    ...widths.map((width) => ({ compiler, width, flags: quick(width) })),
    { compiler, width: 'portable' as const, flags: [...quick('portable'), noExtensions] },
  ]),
  // It has no vectors, and knows few flags.
  { compiler: 'tcc', width: 'portable', flags: strict },
];

for (const { compiler, width, flags } of builds) {
  const without = flags.includes(noExtensions) ? ', no vector extensions' : '';
  describe(`${compiler}, ${width}${without} (needs ${compiler})`, () => {
    it.runIf(has(compiler)).each(quickChains)('$name', async ({ input, layers, classes }) => {
      const network = chainNetwork(input, layers, classes, 7);
      const emitted = emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth: width, weights: 'file' }));
      expect(await errorOf(network, emitted, { compiler, flags, cacheFolder })).toBeLessThan(allowedError);
    });
  });
}
