// Target `exec` through the whole pipeline, and the example's configs: ONNX Runtime as it is, and the other scripts with programs in place of
// those that they call, which print what those print.
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createPipeline } from 'nasc';
import type { UserConfig } from 'nasc';
import { definePlugin } from 'nasc/plugin';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stripes } from '../examples/plugin/src/stripes.ts';

const examples = join(import.meta.dirname, '../examples/exec');
const readConfig = async (name: string) => JSON.parse(await readFile(join(examples, name), 'utf8')) as UserConfig;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-exec-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A budget of seconds: a short script, one small image, few networks. */
const small = (config: UserConfig, cache: string): UserConfig => ({
  ...config,
  task: { dataset: 'mnist', searchImages: 400, archValidationImages: 100, scoringImages: 50 },
  annotate: { networks: 7 },
  cacheDir: join(folder, cache),
  outDir: join(folder, `${cache}-out`),
});

const oneChoice = {
  name: 'one-choice',
  stem: [{ name: 'stem', macro: 'convBnAct', width: 8, kernel: 3, stride: 2 }],
  candidates: [
    { macro: 'mbConv', kernel: 3, expansion: 1 },
    { macro: 'mbConv', kernel: 7, expansion: 6 },
  ],
  stages: [{ width: 8, blocks: 2 }],
  head: [{ name: 'head', macro: 'linearHead' }],
};

test('a run by a command whose latency is the size of the file, which adds up: what is predicted is what is measured', async () => {
  const config = {
    task: { dataset: { name: 'stripes', images: 80 }, archValidationImages: 20, scoringImages: 10 },
    space: oneChoice,
    targets: [{ name: 'exec', command: ['sh', '-c', 'wc -c < "$0"'], unit: 'us', device: 'Scales', repeats: 2 }],
    constraints: { latencyShare: 1 },
    plugins: [definePlugin({ name: 'data', apiVersion: 1, setup: (api) => api.addDataset(stripes) })],
    annotate: { networks: 12 },
    train: { epochs: 1, batchSize: 20 },
    derive: { strategy: { name: 'proxyless-gradient', steps: 5 }, retrain: { epochs: 1, batchSize: 20 } },
    export: { verifyImages: 16 },
    cacheDir: join(folder, 'run'),
    outDir: join(folder, 'out'),
  } as unknown as UserConfig;
  // What compilers made, by content: shared by all runs of the tests.
  const compiled = join(tmpdir(), 'nasc-outside-plugin-cache');
  await mkdir(compiled, { recursive: true });
  await mkdir(join(folder, 'run'));
  await symlink(compiled, join(folder, 'run/cache'));
  const { networks, report } = await createPipeline(config, { folder }).run();
  const { costModel, files, architecture, onnx } = networks['exec']!;
  expect(costModel.profile.device.description).toBe(`Scales, command sh -c 'wc -c < "$0"'`);
  expect(costModel.profile.protocol).toMatchObject({ method: 'whole networks', networks: 12, callsPerNetwork: 2 });
  expect(costModel.profile.spaces[0]!.networks.every(({ ms, blocksMs }) => ms > 0 && blocksMs === undefined)).toBe(true);
  expect(architecture.measuredMs! / architecture.predictedMs).toBeCloseTo(1, 1);
  expect(onnx.verification.images).toBe(16);
  expect(files.verification).toBeUndefined();
  expect(files.latency).toMatchObject({ samples: 2, spread: 0, source: 'measured', ms: architecture.measuredMs });
  expect([...files.files.keys()]).toEqual(['model.onnx', 'model.json', 'README.md']);
  expect(report.networks[0]).toMatchObject({ code: null, codeTest: null });
}, 240_000);

test('mobile-small becomes a cost model of a few networks, by the example as it is', async () => {
  const pipeline = createPipeline(small(await readConfig('nasc.config.json'), 'profile'), { folder: examples });
  const { costModel } = await pipeline.run({ make: 'costModel' });
  expect(costModel!.profile.spaces[0]!.networks).toHaveLength(7);
  const values = costModel!.choices.flat().map(({ ms }) => ms);
  expect(values.length).toBeGreaterThan(30);
  expect(values.every((ms) => Number.isFinite(ms) && ms >= 0)).toBe(true);
}, 240_000);

describe('the scripts around other tools', () => {
  /** Programs of a name that write down how they were called and print a text; the first of the search path. */
  const withPrograms = async (programs: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> => {
    const bin = await mkdtemp(join(folder, 'bin-'));
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${join(bin, 'calls')}\n${script}\n`);
      await chmod(join(bin, name), 0o755);
    }
    return { PATH: `${bin}${delimiter}${process.env['PATH']}`, CALLS: join(bin, 'calls') };
  };

  const profile = async (name: string, env: Readonly<Record<string, string>>) => {
    const config = await readConfig(name);
    const [target] = config.targets as unknown as readonly [Readonly<Record<string, unknown>>];
    const changed = { ...small(config, name), space: oneChoice, targets: [{ ...target, env }] } as unknown as UserConfig;
    const { costModel } = await createPipeline(changed, { folder: examples }).run({ make: 'costModel' });
    const calls = (await readFile(env['CALLS']!, 'utf8')).trim().split('\n');
    return { ms: costModel!.profile.spaces[0]!.networks.map(({ ms }) => ms), calls };
  };

  test('trtexec', async () => {
    const text =
      'GPU Compute Time: min = 5.34595 ms, max = 13.3388 ms, mean = 7.58404 ms, median = 7.14139 ms, percentile(90%) = 10.2881 ms';
    const { ms, calls } = await profile('tensorrt.config.json', await withPrograms({ trtexec: `echo "[I] ${text}"` }));
    expect(new Set(ms)).toEqual(new Set([7.14139]));
    expect(calls[0]).toMatch(/^trtexec --onnx=\S+model\.onnx --fp16 --useSpinWait --noDataTransfers$/);
  });

  test('onnx2tf, adb and benchmark_model', async () => {
    const text = 'INFO: Inference timings in us: Init: 12750, First inference: 14744, Warmup (avg): 13764.3, Inference (avg): 13520.2';
    const env = await withPrograms({
      onnx2tf: 'mkdir -p "$4" && cp "$2" "$4/model_float32.tflite"',
      adb: `if [ "$1" = push ]; then test -s "$2"; else echo "${text}" >&2; fi`,
    });
    const { ms, calls } = await profile('tflite.config.json', env);
    expect(ms[0]).toBeCloseTo(13.5202, 9);
    expect(calls.slice(0, 3).map((call) => call.replaceAll(/\S+\/tflite\//g, ''))).toEqual([
      'onnx2tf -i model.onnx -o converted -b 1',
      'adb push converted/model_float32.tflite /data/local/tmp/nasc-model.tflite',
      'adb shell /data/local/tmp/benchmark_model --graph=/data/local/tmp/nasc-model.tflite --num_threads=1',
    ]);
  });

  test('ssh', async () => {
    const { ms, calls } = await profile('ssh.config.json', await withPrograms({ scp: 'test -s "$4"', ssh: 'echo 4.5; echo 5.5' }));
    expect(new Set(ms)).toEqual(new Set([5]));
    expect(calls.slice(0, 2).map((call) => call.replace(/\S+model\.onnx (?=pi@)/, 'MODEL '))).toEqual([
      'scp -q -o BatchMode=yes MODEL pi@raspberrypi.local:/tmp/nasc-model.onnx',
      'ssh -o BatchMode=yes pi@raspberrypi.local node time-onnx.js /tmp/nasc-model.onnx',
    ]);
  });
});
