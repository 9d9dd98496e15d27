import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../io.test-helper.ts';

/** A device whose measurement never ends. */
const slowTarget = `
import { setTimeout } from 'node:timers/promises';
const timer = async () => ({
  protocol: {},
  seesBlocks: false,
  restart: async () => {},
  time: async () => {
    await setTimeout(2);
    return { ms: 1 };
  },
  dispose: async () => {},
});
const create = (options) => ({
  name: 'slow',
  options,
  capabilities: { dtypes: ['float32'] },
  device: async () => ({ id: 'slow', description: 'slow' }),
  supports: () => true,
  legalize: [],
  kernels: [],
  emit: async () => ({ files: new Map([['network.txt', 'none']]), coverage: [] }),
  timer,
});
const target = { name: 'slow', description: 'slow', optionsSchema: { type: 'object' }, create };
export default { name: 'slow', apiVersion: 1, setup: (api) => api.addTarget(target) };
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-estimate-'));
  const mbConv = (kernel: number, expansion: number) => ({ macro: 'mbConv', kernel, expansion });
  const config = {
    task: { dataset: 'mnist', searchImages: 4000, archValidationImages: 500, scoringImages: 500 },
    space: {
      name: 'two-stages',
      stem: [{ name: 'stem', macro: 'convBnAct', width: 8, kernel: 3, stride: 2 }],
      candidates: [mbConv(3, 2), mbConv(5, 4)],
      stages: [
        { width: 16, blocks: 2, stride: 2 },
        { width: 24, blocks: 2, stride: 2 },
      ],
      head: [{ name: 'head', macro: 'linearHead' }],
    },
    targets: ['slow'],
    plugins: ['./slow-target.mjs'],
    // Would be out of reach of latencies that were never measured.
    constraints: [{ latencyMs: 0.9 }, { latencyShare: 0.9 }],
    annotate: { networks: 100_000 },
    train: { epochs: 900 },
    derive: { strategy: { name: 'proxyless-gradient', steps: 90_000 }, retrain: { epochs: 700 } },
    export: { verifyImages: 16 },
  };
  await writeFile(join(folder, 'slow-target.mjs'), slowTarget);
  await writeFile(join(folder, 'nasc.config.json'), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Part {
  readonly part: string;
  readonly target?: string;
  readonly outcome: string;
  readonly ms: number;
  readonly memoryBytes?: number;
  readonly work?: { readonly done: number; readonly total: number; readonly unit: string };
}

test('weeks of work are projected from moments, part by part; nothing is stored', async () => {
  const { code, stdout } = await runCli(['estimate', '--seconds', '0.05', '--json', '--price', '2'], { folder });
  expect(code).toBe(0);
  const { parts, totalMs, memoryBytes, price } = JSON.parse(stdout) as {
    parts: readonly Part[];
    totalMs: number;
    memoryBytes: number;
    price: number;
  };
  expect(parts.map(({ part, target }) => [part, target].filter(Boolean).join(' '))).toEqual([
    'expand',
    'train',
    'annotate slow',
    ...['search', 'select', 'teacher', 'retrain', 'fold', 'onnx', 'codegen'].flatMap((part) =>
      part === 'teacher' ? [part] : ['slow-0.9ms', 'slow-share0.9'].map((network) => `${part} ${network}`),
    ),
  ]);
  const training = parts.filter(({ part }) => ['train', 'search', 'retrain'].includes(part));
  // 3000 and 59500 training images in batches of 64.
  const steps = { train: 46 * 900, search: 90_000, retrain: 929 * 700 };
  for (const { part, outcome, ms, work, memoryBytes: held } of training) {
    expect(outcome).toBe('projected');
    expect(work).toMatchObject({ unit: 'steps', total: steps[part as keyof typeof steps] });
    expect(work!.done).toBeLessThan(work!.total);
    // No step of these takes less than 10 microseconds.
    expect(ms).toBeGreaterThan(work!.total * 0.01);
    expect(held).toBeGreaterThan(100_000);
  }
  expect(totalMs).toBeCloseTo(parts.reduce((sum, { ms }) => sum + ms, 0));
  expect(memoryBytes).toBe(Math.max(...parts.map((part) => part.memoryBytes ?? 0)));
  expect(price).toBeCloseTo((2 * totalMs) / 3_600_000);
  expect(await readdir(join(folder, '.nasc'))).toEqual(['cache']);
}, 180_000);

test('what is stored costs nothing', async () => {
  await runCli(['run', '--to', 'expand'], { folder });
  const { stdout } = await runCli(['estimate', '--seconds', '0.05'], { folder });
  expect(stdout.split('\n')[1]).toMatch(/^expand +0\.00 s +from the store$/);
  expect(stdout).toMatch(/\ntrain +.*projected from \d+ of 41400 steps\n/);
  expect(stdout).toMatch(/\ntotal +/);
}, 180_000);

test('options that are no numbers are refused', async () => {
  const { code, stderr } = await runCli(['estimate', '--seconds', 'soon'], { folder });
  expect(code).toBe(1);
  expect(stderr).toBe(`error CLI_NOT_A_NUMBER: "soon" is no number above 0.
  at --seconds soon
  hint: Write a number like 0.5 or 20.
`);
});
