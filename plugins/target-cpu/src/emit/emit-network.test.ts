// What a user gets: files that any C compiler takes without a warning, a re-entrant function, honest numbers.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonFlags, compile, vectorWidths } from '@nasc/c-emit';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
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
    { op: 'conv2d', kernel: 3, stride: 1, channels: 16, groups: 4, activation: 'sigmoid' },
  ],
  10,
  3,
);
const strict = ['-std=c11', '-Wall', '-Wextra', '-pedantic', '-Werror'];
const emit = (vectorWidth: string, name?: string) =>
  emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth, ...(name && { name }) }));
const sourcesOf = (files: ReadonlyMap<string, string | Uint8Array>) => files as ReadonlyMap<string, string>;

describe('emitNetwork', () => {
  it.each(process.arch === 'x64' ? ['portable', 'avx2', 'avx512'] : ['portable'])(
    'writes C11 for %s that gcc takes without a warning',
    async (width) => {
      const flags = width === 'portable' ? [] : [width === 'avx2' ? '-march=x86-64-v3' : '-march=x86-64-v4'];
      const program = compile({
        kind: 'executable',
        sources: sourcesOf(emit(width).files),
        flags: [...commonFlags, ...strict, ...flags],
        cacheFolder: folder,
      });
      await expect(program).resolves.toMatch(/program$/);
    },
  );

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

  it('has a header that C++ takes, and a function that runs on several threads at once', async () => {
    const sources = new Map(sourcesOf(emit('portable', 'my_net').files));
    sources.set(
      'main.c',
      `#include <pthread.h>
#include <string.h>
#include "my_net.h"
static float input[MY_NET_INPUT_SIZE];
struct job { float output[MY_NET_CLASSES]; _Alignas(64) char arena[MY_NET_ARENA_BYTES]; };
static struct job jobs[4];
static void *work(void *job) {
  memset(((struct job *)job)->arena, 0xff, MY_NET_ARENA_BYTES);
  for (int i = 0; i < 200; i++) my_net_run(input, ((struct job *)job)->output, ((struct job *)job)->arena);
  return 0;
}
int main(void) {
  unsigned char pixels[MY_NET_INPUT_SIZE];
  for (int i = 0; i < MY_NET_INPUT_SIZE; i++) pixels[i] = (unsigned char)(i * 7);
  my_net_normalise(pixels, input);
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, &jobs[i]);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  for (int i = 1; i < 4; i++) if (memcmp(jobs[0].output, jobs[i].output, sizeof jobs[0].output) != 0) return 1;
  return jobs[0].output[0] == 0.0f || input[3] != (21.0f / 255.0f - 0.5f) / 0.25f;
}
`,
    );
    const program = await compile({ kind: 'executable', sources, flags: ['-O1'], cacheFolder: folder });
    expect(() => execFileSync(program)).not.toThrow();
    writeFileSync(join(folder, 'my_net.h'), sources.get('my_net.h')!);
    writeFileSync(join(folder, 'user.cpp'), '#include "my_net.h"\nvoid use(float *x) { my_net_run(x, x, x); }\n');
    expect(() =>
      execFileSync('g++', ['-Wall', '-Wextra', '-pedantic', '-Werror', '-fsyntax-only', join(folder, 'user.cpp')]),
    ).not.toThrow();
  });

  it('reports memory within its own bound, and every node once', () => {
    const { memory, coverage } = emit('avx512');
    expect(memory!.arenaBytes).toBeGreaterThanOrEqual(memory!.lowerBoundBytes);
    // The largest tensors alive together are input and output of one 6x6x48 layer.
    expect(memory!.lowerBoundBytes).toBe(2 * 6 * 6 * 48 * 4);
    expect(coverage.map(({ node }) => node).toSorted()).toEqual(network.graph.nodes.map(({ id }) => id).toSorted());
    expect(coverage.find(({ node }) => node === 'layer4.conv')).toMatchObject({ kind: 'plain', reason: 'it has groups' });
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
