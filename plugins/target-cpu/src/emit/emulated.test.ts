// NEON code, cross-compiled and run in an emulator.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compilerFlags } from '../compiler-flags.ts';
import { quickChains } from '../kernels/chains.test-helper.ts';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { allowedError, errorOf, has, strict } from './builds.test-helper.ts';
import { emitNetwork } from './emit-network.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-emulated-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const cross = 'aarch64-linux-gnu-gcc';
const emulator = 'qemu-aarch64';
const builds = [
  { compiler: cross, needs: [cross, emulator], flags: [] },
  // Clang compiles for any processor; headers and linker are those of the cross compiler.
  { compiler: 'clang', needs: ['clang', cross, emulator], flags: ['--target=aarch64-linux-gnu'] },
];

for (const { compiler, needs, flags } of builds) {
  describe(`${compiler}, neon (needs ${needs.join(', ')})`, () => {
    it.runIf(has(...needs)).each(quickChains)('$name', async ({ input, layers, classes }) => {
      const network = chainNetwork(input, layers, classes, 7);
      const emitted = emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth: 'neon', weights: 'file' }));
      const build = { compiler, flags: [...flags, ...strict, ...compilerFlags('neon'), '-O1', '-static'], runner: [emulator], cacheFolder };
      expect(await errorOf(network, emitted, build)).toBeLessThan(allowedError);
    });
  });
}
