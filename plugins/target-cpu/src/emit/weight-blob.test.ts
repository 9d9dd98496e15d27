// Weights in a file: the same bits as in the source, and a damaged file is found out.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { compile } from '@nasc/c-emit';
import { noCheckpoint } from '@nasc/core';
import type { EmittedFiles, PassContext } from '@nasc/core';
import { afterAll, describe, expect, it } from 'vitest';
import { cpuTarget } from '../cpu-target.ts';
import { randomImage } from '../kernels/chains.test-helper.ts';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const network = chainNetwork(
  [12, 12, 1],
  [
    { op: 'conv2d', kernel: 3, stride: 2, channels: 20, activation: 'relu6' },
    { op: 'conv2d', kernel: 11, stride: 1, channels: 16, groups: 4, activation: 'sigmoid' },
  ],
  10,
  3,
);
const targetOf = (weights: string) => cpuTarget.create({ vectorWidth: 'portable', weights, sampleMs: 1 }, { folder: '.' });
const emit = (weights: string): Promise<EmittedFiles> =>
  targetOf(weights).emit(network, undefined, { registry: testRegistry } as unknown as PassContext);
const measuring = {
  signal: new AbortController().signal,
  seed: 0,
  cacheFolder: folder,
  registry: testRegistry,
  checkpoint: noCheckpoint(),
  progress: () => {},
};

describe('weights', () => {
  it('in a file give the bits of those in the source, and are run and timed like them', async () => {
    const images = randomImage(3 * 144, 1);
    const logits = [];
    for (const weights of ['source', 'file']) {
      const executable = await targetOf(weights).build!(await emit(weights), network, measuring);
      logits.push(await executable.run!(images, 3));
      expect((await executable.measure(measuring)).ms).toBeGreaterThan(0);
      await executable.dispose();
    }
    expect(logits[1]).toEqual(logits[0]);
    expect(logits[0]!.some((value) => value !== 0)).toBe(true);
  });

  it('in a file are one array of lines of 64 bytes, described by the header', async () => {
    const { files, memory } = await emit('file');
    const bytes = files.get('chain_weights.bin') as Uint8Array;
    const header = files.get('chain.h') as string;
    expect(header).toContain(`#define CHAIN_WEIGHT_BYTES ${bytes.length}\n`);
    expect(header).toContain(`#define CHAIN_WEIGHTS_CRC32 0x${crc32(bytes).toString(16).padStart(8, '0')}u\n`);
    expect(memory!.weightBytes).toBe(bytes.length);
    expect(files.has('chain_weights.c')).toBe(false);
    // The plain kernel's weights are the parameter as it is, at the place that the call names.
    const [, offset] = /weights \+ (\d+) \/\* layer1\.conv\.weight \*\//.exec(files.get('chain.c') as string)!;
    expect(Number(offset) % 16).toBe(0);
    const { data } = network.weights.get('layer1.conv.weight')!;
    const view = new DataView(bytes.buffer, bytes.byteOffset + Number(offset) * 4);
    expect([...data].map((_, index) => view.getFloat32(index * 4, true))).toEqual([...data]);
  });

  it('are read by the benchmark from beside it, or from where it is told, and refused when they are not its own', async () => {
    const { files } = await emit('file');
    const sources = new Map([...files].filter(([name]) => /\.(c|h)$/.test(name)));
    const program = await compile({ kind: 'executable', sources, flags: ['-O1'], cacheFolder: folder });
    const weights = join(folder, 'elsewhere.bin');
    writeFileSync(weights, files.get('chain_weights.bin')!);
    const run = (...parameters: readonly string[]) => spawnSync(program, [...parameters, '--run', '-'], { input: new Uint8Array(144 * 4) });
    expect(run('--weights', weights).stdout.length).toBe(40);

    const beside = join(dirname(program), 'chain_weights.bin');
    expect(String(run().stderr)).toBe(`${beside}: No such file or directory\n`);
    copyFileSync(weights, beside);
    expect(run().stdout.length).toBe(40);

    for (const damage of [(bytes: Buffer) => bytes.subarray(0, -4), (bytes: Buffer) => bytes.fill(1, 100, 101)]) {
      writeFileSync(beside, damage(readFileSync(weights)));
      expect(run()).toMatchObject({ status: 1, stdout: Buffer.alloc(0) });
      expect(String(run().stderr)).toBe(`${beside}: these are not the weights of chain\n`);
    }
    expect(execFileSync(program, ['--weights', weights, '--serve'], { input: '3\n', encoding: 'utf8' })).toMatch(/^\d+\.\d\n$/);
  });

  it('may be none', async () => {
    const [input] = network.graph.inputs;
    const node = {
      kind: 'op',
      id: 'mean',
      op: 'globalAvgPool',
      attributes: {},
      inputs: [input!.id],
      type: { dtype: 'float32', shape: [1] },
    } as const;
    const empty = { ...network, graph: { ...network.graph, nodes: [node], outputs: ['mean'] }, weights: new Map(), classes: ['mean'] };
    for (const weights of ['source', 'file']) {
      const target = targetOf(weights);
      const emitted = await target.emit(empty, undefined, { registry: testRegistry } as unknown as PassContext);
      const executable = await target.build!(emitted, empty, measuring);
      expect((await executable.run!(new Float32Array(144).fill(2), 1))[0]).toBeCloseTo(2, 6);
    }
  });
});
