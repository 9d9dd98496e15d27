// A footprint is what is emitted: the same plan, the same weights, the code as the compiler makes it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '@nasc/c-emit';
import type { MeasureContext } from '@nasc/core';
import { afterAll, expect, test } from 'vitest';
import { compilerFlags } from '../compiler-flags.ts';
import { cpuTarget } from '../cpu-target.ts';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { emitNetwork } from './emit-network.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-footprint-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));
const context = { registry: testRegistry, cacheFolder, signal: new AbortController().signal } as unknown as MeasureContext; // what is read of it

const network = chainNetwork(
  [16, 16, 3],
  [
    { op: 'conv2d', kernel: 3, stride: 2, channels: 16, activation: 'relu6' },
    { op: 'conv2d', kernel: 1, stride: 1, channels: 48, activation: 'relu6' },
    { op: 'depthwiseConv2d', kernel: 5, stride: 1, activation: 'relu6' },
    { op: 'conv2d', kernel: 1, stride: 1, channels: 24 },
  ],
  10,
  3,
);

test.each([{ vectorWidth: 'portable' }, { vectorWidth: 'avx2' }, { vectorWidth: 'portable', threads: 3 }])(
  'memory and weights are those of the emitted network: %j',
  async (options) => {
    const { weights: _, ...plannable } = network;
    const footprint = await cpuTarget.create(options, { folder: '.' }).footprint!(plannable, context, { code: false });
    const { memory } = emitNetwork(network, testRegistry, readCpuOptions(options));
    expect(footprint).toMatchObject({ arenaBytes: memory!.arenaBytes, weightBytes: memory!.weightBytes, codeBytes: undefined });
    const blocks = Object.values(footprint.blocks);
    expect(Math.max(...blocks.map(({ memoryBytes }) => memoryBytes))).toBe(memory!.lowerBoundBytes);
    expect(blocks.reduce((sum, { weightBytes }) => sum + weightBytes, 0)).toBe(memory!.weightBytes);
  },
);

test('code is what the tool `size` counts of the compiled object: text and data', async () => {
  const options = readCpuOptions({ vectorWidth: 'portable' });
  const { codeBytes } = await cpuTarget.create({ vectorWidth: 'portable' }, { folder: '.' }).footprint!(network, context, { code: true });
  const { files } = emitNetwork(network, testRegistry, options);
  const sources = new Map([...files].filter(([name]) => name.endsWith('.h') || name === 'chain.c'));
  const object = await compile({ kind: 'object', sources, flags: compilerFlags('portable'), cacheFolder });
  const [, counted] = execFileSync('size', [object], { encoding: 'utf8' }).trim().split('\n');
  const [text, data] = counted!.trim().split(/\s+/).map(Number);
  expect(codeBytes).toBeGreaterThan(1000);
  expect(codeBytes).toBe(text! + data!);
});
