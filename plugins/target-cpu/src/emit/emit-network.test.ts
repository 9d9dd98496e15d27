// What a user gets: files that a C compiler takes without a warning, the same on any machine, and honest numbers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonFlags, compile, vectorWidths } from '@nasc/c-emit';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { strict } from './builds.test-helper.ts';
import { emitNetwork } from './emit-network.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-emit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const network = chainNetwork(
  [12, 12, 1],
  [
    { op: 'conv2d', kernel: 3, stride: 2, channels: 16, activation: 'relu6' },
    { op: 'conv2d', kernel: 1, stride: 1, channels: 48, activation: 'relu6' },
    { op: 'depthwiseConv2d', kernel: 5, stride: 1, activation: 'relu6' },
    { op: 'conv2d', kernel: 1, stride: 1, channels: 48, residual: true },
    { op: 'conv2d', kernel: 11, stride: 1, channels: 16, groups: 4, activation: 'sigmoid' },
  ],
  10,
  3,
);
const emit = (vectorWidth: string) => emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth }));

describe('emitNetwork', () => {
  it.each(['source', 'file'])('writes C11 that gcc takes without a warning, the benchmark too; weights: %s', async (weights) => {
    const { files } = emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth: 'portable', weights }));
    const program = compile({ kind: 'executable', sources: files, flags: [...commonFlags, ...strict], cacheFolder: folder });
    await expect(program).resolves.toMatch(/program$/);
  });

  it('writes the same files whatever the machine has', () => {
    const here = vectorWidths.map((width) => [...emit(width).files]);
    vi.stubEnv('NASC_VECTOR_WIDTH', 'portable');
    try {
      expect(vectorWidths.map((width) => [...emit(width).files])).toEqual(here);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(emit('avx512').files.get('chain.c')).toContain('#if NASC_LANES != 16');
    expect(emit('neon').files.get('CMakeLists.txt')).toContain('-march=armv8-a');
  });

  it('reports memory within its own bound, and every node once', () => {
    const { memory, coverage } = emit('avx512');
    expect(memory!.arenaBytes).toBeGreaterThanOrEqual(memory!.lowerBoundBytes);
    // The largest tensors alive together are input and output of one 6x6x48 layer.
    expect(memory!.lowerBoundBytes).toBe(2 * 6 * 6 * 48 * 4);
    expect(coverage.map(({ node }) => node).toSorted()).toEqual(network.graph.nodes.map(({ id }) => id).toSorted());
    expect(coverage.find(({ node }) => node === 'layer4.conv')).toMatchObject({ kind: 'plain', reason: 'the kernel is 11x11' });
  });

  it('carries no training kernels', () => {
    expect(emit('portable').files.get('chain_kernels.h')).not.toMatch(/[gG]radient/);
  });

  it('names every node that has no C code', () => {
    const { graph } = network;
    const nodes = graph.nodes.map((node) => (node.op === 'sigmoid' ? { ...node, op: 'mystery' } : node));
    expect(() => emitNetwork({ ...network, graph: { ...graph, nodes } }, testRegistry, readCpuOptions({}))).toThrow(
      'C_NODE_UNSUPPORTED: Node "layer4.act" (mystery) cannot be written in C: there is no op "mystery".',
    );
  });
});
