import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '@nasc/config';
import { openArtifactStore, withLock } from '@nasc/core';
import { buildNetwork, float32, initialiseParameters, lookupOf } from '@nasc/ir';
import { writeOnnx } from '@nasc/onnx';
import { primitiveOps } from '@nasc/ops';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from './io.test-helper.ts';
import type { RunSettings } from './io.test-helper.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cli = (line: string, settings: Partial<RunSettings> = {}) => runCli(line.split(' ').filter(Boolean), { folder, ...settings });
const write = async (name: string, content: unknown): Promise<void> => {
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};
const config = { task: { dataset: 'mnist' }, space: 'mobile-small', targets: ['cpu'] };

describe('the command line itself', () => {
  test('help, of all and of one command, and the version', async () => {
    const all = await cli('--help');
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout.split('\n').slice(0, 5)).toEqual([
      'nasc: the neural architecture search compiler',
      '',
      'Usage: nasc COMMAND [options]',
      '',
      '  init             Write a config to start from.',
    ]);
    expect(await cli('')).toEqual(all);
    const one = await cli('init --help');
    expect(one.stdout).toBe(`Write a config to start from.

Usage: nasc init [folder] [--ts] [--json] [--help]

  --ts        Write nasc.config.ts, with comments, instead of nasc.config.json.
  --json      Print the result as JSON.
  -h, --help  Show this help.
`);
    expect(await cli('help init')).toEqual(one);
    expect((await cli('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    ['rnu', 'error CLI_UNKNOWN_COMMAND: There is no command "rnu".\n  hint: Did you mean "run"?\n'],
    [
      'deploy',
      'error CLI_UNKNOWN_COMMAND: There is no command "deploy".\n  hint: Commands: init, run, estimate, inspect, profile, profile inspect, profile compare, profile merge, profile import, profile predict, front, report, setup, doctor.\n',
    ],
    [
      'run --too derive --threads --set a=1',
      `error CLI_UNKNOWN_OPTION: \`nasc run\` has no option "--too".
  hint: Did you mean "--to"?
error CLI_OPTION_NEEDS_VALUE: "--threads" needs a value.
  hint: Write --threads N.
`,
    ],
    ['doctor --json=1', 'error CLI_OPTION_TAKES_NO_VALUE: "--json" takes no value.\n  hint: Write --json alone.\n'],
    [
      'doctor all',
      `error CLI_TOO_MANY_ARGUMENTS: \`nasc doctor\` has no use for "all".
  hint: Usage: nasc doctor [--data-dir DIR] [--json] [--help]
`,
    ],
    [
      'run --to expnd --from x',
      `error CLI_UNKNOWN_CHOICE: There is no stage "x".
  at --from x
  hint: Known: expand, train, annotate, derive, export, codegen.
error CLI_UNKNOWN_CHOICE: There is no stage "expnd".
  at --to expnd
  hint: Did you mean "expand"?
`,
    ],
    [
      'run --from codegen --to train',
      'error CLI_STAGES_REVERSED: Stage "codegen" comes after "train".\n  at --from codegen --to train\n  hint: Exchange the two.\n',
    ],
    [
      'run --threads two',
      'error CLI_NOT_A_NUMBER: "two" is no number of threads.\n  at --threads two\n  hint: Write a whole number of at least 1.\n',
    ],
    [
      'inspect --input 28x28 x',
      'error CLI_NOT_A_SIZE: "28x28" is no image size.\n  at --input 28x28\n  hint: Write height, width and channels: --input 28x28x1.\n',
    ],
    [
      'inspect mobile-smal',
      `error INSPECT_NOTHING_FOUND: "mobile-smal" is no search space, file or stored artifact.
  hint: Did you mean "mobile-small"?
`,
    ],
    [
      'report',
      `error REPORT_NOT_FOUND: There is no report "nasc-out/report.json".
  hint: A run that goes through all stages writes one into its output folder: \`nasc run\`.
`,
    ],
  ])('%s', async (line, stderr) => {
    expect(await cli(line)).toEqual({ code: 1, stdout: '', stderr });
  });

  test('with --json the problems are on standard output too', async () => {
    const { code, stdout } = await cli('run --json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ diagnostics: [{ code: 'CONFIG_NOT_FOUND', severity: 'error' }] });
  });

  test('colour on a terminal only, and not with NO_COLOR', async () => {
    expect((await cli('rnu', { isTTY: true })).stderr).toContain('\u001B[31merror CLI_UNKNOWN_COMMAND\u001B[0m');
    expect((await cli('rnu', { isTTY: true, env: { NO_COLOR: '1' } })).stderr).not.toContain('\u001B');
  });
});

describe('nasc init', () => {
  test.each([
    ['init', 'nasc.config.json'],
    ['init --ts', 'nasc.config.ts'],
  ])('%s writes a config that is right as it is', async (line, name) => {
    expect(await cli(line)).toEqual({ code: 0, stdout: `Wrote ${name}. Next: nasc run\n`, stderr: '' });
    const own = fileURLToPath(new URL('index.ts', import.meta.url));
    const { config: loaded } = await loadConfig(undefined, { folder, alias: { nasc: own } });
    expect(loaded).toMatchObject({ space: 'mobile-small', targets: ['cpu'], constraints: { latencyShare: 0.8 } });
  });

  test('its $schema exists: our own file, or that of the nasc installed beside it', async () => {
    const schemaOf = async () => (JSON.parse(await readFile(join(folder, 'nasc.config.json'), 'utf8')) as { $schema: string }).$schema;
    await cli('init');
    const own = await schemaOf();
    expect(JSON.parse(await readFile(fileURLToPath(own), 'utf8'))).toMatchObject({ title: 'Config' });

    await rm(join(folder, 'nasc.config.json'));
    await mkdir(join(folder, 'node_modules/nasc/schemas'), { recursive: true });
    await write('node_modules/nasc/schemas/config.schema.json', {});
    await cli('init');
    expect(await schemaOf()).toBe('./node_modules/nasc/schemas/config.schema.json');
    expect(existsSync(join(folder, await schemaOf()))).toBe(true);
  });

  test('replaces nothing', async () => {
    await write('nasc.config.mjs', '');
    expect(await cli('init')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error CLI_CONFIG_EXISTS: There is a config already: "nasc.config.mjs".\n  hint: Edit it, or remove it first.\n',
    });
  });
});

describe('nasc run', () => {
  test('a wrong config, all at once, before anything runs', async () => {
    await write('nasc.config.json', { ...config, task: { datset: 'mnist' }, trian: {} });
    expect(await cli(`run ${join(folder, 'nasc.config.json')} --set train.epoch=3`)).toEqual({
      code: 1,
      stdout: '',
      stderr: `error CONFIG_UNKNOWN_KEY: Unknown key "trian".
  at nasc.config.json#/trian
  hint: Did you mean "train"?
error CONFIG_MISSING_KEY: "task.dataset" is missing.
  at nasc.config.json#/task
  hint: Is "datset" meant?
error CONFIG_UNKNOWN_KEY: Unknown key "datset" in "task".
  at nasc.config.json#/task/datset
  hint: Did you mean "dataset"?
error CONFIG_UNKNOWN_KEY: Unknown key "epoch" in "train".
  at --set train.epoch=3
  hint: Did you mean "epochs"?
`,
    });
  });

  test('names and options are checked before anything runs, and reported where the config has them', async () => {
    await write('nasc.config.json', {
      ...config,
      space: 'mobile-smal',
      targets: [{ name: 'cpu', vectorWidth: 'avx3' }],
      derive: { strategy: 'proxyles-gradient' },
    });
    expect(await cli('run --engine nativ')).toEqual({
      code: 1,
      stdout: '',
      stderr: `error UNKNOWN_NAME: There is no search space "mobile-smal".
  at nasc.config.json#/space
  hint: Did you mean "mobile-small"?
error CONFIG_WRONG_VALUE: "vectorWidth" has to be "auto", "avx512", "avx2", "neon" or "portable", and is "avx3".
  at nasc.config.json#/targets/0/vectorWidth
  hint: Did you mean "avx2"?
error UNKNOWN_NAME: There is no training engine "nativ".
  at --engine nativ
  hint: Did you mean "native"?
error UNKNOWN_NAME: There is no search strategy "proxyles-gradient".
  at nasc.config.json#/derive/strategy
  hint: Did you mean "proxyless-gradient"?
`,
    });
  });

  test('to a stage: result on standard output, the rest elsewhere; again, from the store', async () => {
    await write('nasc.config.json', config);
    const first = await cli('run --to expand');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(
      /^stage +target +time\nexpand +[\d.]+ s\ntotal +[\d.]+ s\n\nsearchSpace [\da-f]{32}\n\nnasc inspect HASH shows one of these\.\n$/,
    );
    expect(first.stderr).toMatch(/^expand: [\d.]+ s\n$/);
    const second = await cli('run --to expand --json');
    expect(second.stderr).toBe('expand: from the store\n');
    const { timings, hashes } = JSON.parse(second.stdout) as { timings: unknown[]; hashes: Record<string, string> };
    expect(timings).toMatchObject([{ stage: 'expand', cached: true }]);
    expect(first.stdout).toContain(hashes['searchSpace']);
  });

  test('--print-after shows what a pass returns, and knows the passes', async () => {
    await write('nasc.config.json', config);
    const shown = await cli('run --to expand --print-after expandBlocks');
    expect(shown.stderr).toContain('after expandBlocks:\n%input');
    expect(shown.stderr).toContain('stage1.block1  choice');
    expect(shown.stdout).not.toContain('choice');
    expect((await cli('run --print-after expandBlock')).stderr).toBe(
      'error CLI_UNKNOWN_CHOICE: There is no pass "expandBlock".\n  at --print-after expandBlock\n  hint: Did you mean "expandBlocks"?\n',
    );
  });

  const plugin = (body: string) => `export default { name: 'mine', apiVersion: 1, setup(api) { ${body} } };`;

  test('an error that is no diagnostic is a bug: exit code 2, the stack, and what to do with it', async () => {
    await write(
      'mine.js',
      plugin(`api.addDataset({ name: 'broken', description: '', optionsSchema: {}, load() { throw new TypeError('no such thing'); } });`),
    );
    await write('nasc.config.json', { ...config, task: { dataset: 'broken' }, plugins: ['./mine.js'] });
    const { code, stderr } = await cli('run --to expand');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^This is a bug in nasc\. Please report it, with these lines:\n\nnasc [\d.]+, Node [\d.]+, \w+ \w+\nnasc run --to expand\nTypeError: no such thing\n {4}at /,
    );
  });

  test('Ctrl-C stops, keeps what is finished, and the same command goes on; a second one ends the process', async () => {
    await write('nasc.config.json', config);
    const exits: number[] = [];
    const stopped = await cli('run', {
      onStderr(text, interrupt) {
        if (!text.startsWith('expand:')) return;
        interrupt();
        interrupt();
      },
      onExit: (code) => exits.push(code),
    });
    expect(stopped).toMatchObject({ code: 130, stdout: '' });
    expect(stopped.stderr).toMatch(
      /^expand: [\d.]+ s\nStopping\. Press Ctrl-C again to stop at once\.\nStopped\. Kept in \.nasc: expand\.\nThe same command goes on from there\.\n$/,
    );
    expect(exits).toEqual([130]);
    expect((await cli('run --to expand')).stderr).toBe('expand: from the store\n');
  });

  test('Ctrl-C within a pass keeps its unfinished work, says how far it is, and the same command goes on', async () => {
    await write(
      'mine.js',
      plugin(`api.addPass({ name: 'slow', async run(space, { checkpoint, progress, report }) {
        for (let done = (await checkpoint.resume()) ?? 0; done < 9; await checkpoint.offer(() => done)) {
          progress(++done, 9, 'steps');
          report({ code: 'STEP', severity: 'info', message: 'Step ' + done + '.' });
        }
        return space;
      } }, { after: 'expandBlocks' });`),
    );
    await write('nasc.config.json', { ...config, plugins: ['./mine.js'] });
    const onStderr = (text: string, interrupt: () => void) => text.includes('Step 3.') && interrupt();
    const stopped = await cli('run --to expand --json', { onStderr });
    expect([stopped.code, JSON.parse(stopped.stdout)]).toEqual([
      130,
      { stopped: { cacheDir: '.nasc', finished: [], unfinished: { stage: 'expand', pass: 'slow', done: 3, total: 9, unit: 'steps' } } },
    ]);
    expect(stopped.stderr).toContain('Stopped. Kept in .nasc: expand: slow at 3 of 9 steps.\nThe same command goes on from there.\n');
    const { code, stderr } = await cli('run --to expand');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^expand: slow: goes on where it was interrupted\nnote STEP: Step 4\./);
  });

  test('while another run works in the folder it refuses, waits with --wait, and the folder can be inspected', async () => {
    await write('nasc.config.json', config);
    const options = { wait: false, signal: new AbortController().signal, report() {} };
    let waiting: ReturnType<typeof cli> | undefined;
    await withLock(join(folder, '.nasc', 'lock'), options, async () => {
      const refused = await cli('run --to expand');
      expect([refused.code, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toMatch(/^error RUN_FOLDER_BUSY: Another run works in this folder: process \d+ /);
      expect((await cli('inspect')).code).toBe(0);
      await new Promise<void>((resolve) => {
        waiting = cli('run --to expand --wait', { onStderr: (text) => text.startsWith('note RUN_FOLDER_AWAITED') && resolve() });
      });
    });
    expect(await waiting).toMatchObject({ code: 0, stderr: expect.stringMatching(/expand: from the store\n$/) as string });
  });
});

describe('nasc inspect', () => {
  const inspectJson = async (line: string) => JSON.parse((await cli(`inspect ${line} --json`)).stdout) as Record<string, unknown>;

  test('a space file that extends a named one; a space with all candidates chosen is a network', async () => {
    const half = { name: 'half', extends: 'proxyless-imagenet', widthMultiplier: 0.5, input: { resolution: 160 } };
    await writeFile(join(folder, 'half.json'), JSON.stringify(half));
    expect(await inspectJson('half.json')).toMatchObject({ kind: 'space', name: 'half', inputs: [[160, 160, 3]], choices: 21 });
    expect(await inspectJson('proxyless-cifar10')).toMatchObject({
      kind: 'network',
      name: 'proxyless-cifar10',
      inputs: [[32, 32, 3]],
      params: 5_731_530,
      macs: 1_213_155_872,
      choices: 0,
    });
    expect((await cli('inspect pyramid-cifar10')).stdout).toContain('choices     648\nnetworks    4.20e547\n');
  });

  test('a named space: its size, and of every candidate what it costs', async () => {
    const space = await inspectJson('mobile-small');
    expect(space).toMatchObject({ kind: 'space', name: 'mobile-small', inputs: [[28, 28, 1]] });
    const choices = (space['layers'] as { candidates?: readonly object[] }[]).flatMap(({ candidates }) => candidates?.length ?? []);
    const networks = String(choices.reduce((product, candidates) => product * BigInt(candidates), 1n));
    expect(choices.length).toBeGreaterThan(1);
    expect(space).toMatchObject({ choices: choices.length, networks });
    const { minimum, maximum } = space['params'] as { minimum: number; maximum: number };
    expect(minimum).toBeGreaterThan(0);
    expect(maximum).toBeGreaterThan(minimum);
    const text = await cli('inspect mobile-small');
    expect(text.stdout).toMatch(/^space mobile-small\n\n%input +28x28x1 f32\nstem {2}convBnAct\n/);
    expect(text.stdout).toMatch(/\n {4}k3e3 {2}mbConv expansion 3, kernel 3 +[\d.]+ k parameters {2}[\d.]+ [kM] MACs\n/);
    expect(text.stdout.replaceAll(/(\d) (?=\d)/g, '$1')).toContain(`\nchoices     ${choices.length}\nnetworks    ${networks}\n`);
  });

  const network = {
    name: 'tiny',
    stem: [{ macro: 'convBnAct', name: 'stem', width: 8, kernel: 3, stride: 2 }],
    stages: [{ width: 8, blocks: 1, candidates: [{ macro: 'mbConv', kernel: 3, expansion: 1 }], zero: 'never' }],
    head: [{ macro: 'linearHead', name: 'head' }],
  };

  test('a space file without choices is a network: its parameters and MACs are numbers', async () => {
    await write('tiny.json', network);
    const tiny = await inspectJson('tiny.json --input 8x8x1 --classes 3');
    // stem: 3*3*1*8 weights and 2*8 of its normalisation, at 4x4 positions; block: depthwise 3*3*8, then 1x1 8 -> 8, each
    // with its normalisation; head: 8*3 + 3.
    expect(tiny).toMatchObject({
      kind: 'network',
      networks: '1',
      params: 72 + 16 + (72 + 16) + (64 + 16) + 27,
      macs: 16 * 72 + 16 * 72 + 16 * 64 + 24,
    });
    expect((await cli('inspect tiny.json')).stderr).toBe(`error INSPECT_SIZE_UNKNOWN: "tiny" does not say for which images it is.
  hint: Give --input HxWxC --classes N, or \`input: { resolution, channels, classes }\` in the space.
`);
  });

  test('a published network by its name, and a network in the format of its authors: parameters and MACs', async () => {
    const named = await inspectJson('proxyless-mobile');
    expect(named).toMatchObject({ kind: 'network', inputs: [[224, 224, 3]], params: 4_080_512, macs: 320_427_584 });
    const classes = 10;
    const file = {
      name: 'ProxylessNASNets',
      first_conv: { name: 'ConvLayer', in_channels: 3, out_channels: 8, kernel_size: 3, stride: 2 },
      feature_mix_layer: { name: 'ConvLayer', in_channels: 24, out_channels: 32, kernel_size: 1, stride: 1 },
    };
    await write('net.config', {
      ...file,
      blocks: [
        [8, 16, 1, 1],
        [16, 24, 2, 6],
      ].map(([inside, outside, stride, ratio]) => ({
        name: 'MobileInvertedResidualBlock',
        mobile_inverted_conv: {
          name: 'MBInvertedConvLayer',
          in_channels: inside,
          out_channels: outside,
          kernel_size: 3,
          stride,
          expand_ratio: ratio,
        },
        shortcut: null,
      })),
      classifier: { name: 'LinearLayer', in_features: 32, out_features: classes },
    });
    // Stem; depthwise and projection of 8 channels; expansion to 96 channels, depthwise, projection; 1x1 convolution; classifier.
    const stem = 27 * 8 + 16;
    const first = 9 * 8 + 16 + 8 * 16 + 32;
    const second = 16 * 96 + 192 + 9 * 96 + 192 + 96 * 24 + 48;
    expect(await inspectJson('net.config')).toMatchObject({
      kind: 'network',
      name: 'net',
      inputs: [[224, 224, 3]],
      params: stem + first + second + 24 * 32 + 64 + 32 * classes + classes,
    });
    await write('net.config', { ...file, classifier: {} });
    const { code, stderr } = await cli('inspect net.config');
    expect([code, stderr.split('\n')[0]]).toEqual([1, 'error NET_CONFIG_MALFORMED: "blocks" has to be a list of blocks, and is missing.']);
  });

  test('with a target that has a profile: what each candidate, unit and the whole take', async () => {
    const space = await inspectJson('proxyless-imagenet --target pixel1');
    expect(space).toMatchObject({ kind: 'space', target: 'pixel1', device: expect.stringMatching(/^Google Pixel 1,/) as string });
    const { minimum, maximum, uniform } = space['latencyMs'] as { minimum: number; maximum: number; uniform: number };
    expect([minimum, maximum, uniform].map((ms) => ms.toFixed(3))).toEqual(['29.609', '191.030', '113.988']);
    const { stem, head } = space['fixedLatencyMs'] as { stem: number; head: number };
    expect((stem + head).toFixed(3)).toBe('11.364');
    const layers = space['layers'] as { id: string; candidates?: readonly { name: string; latencyMs: number }[] }[];
    const { candidates } = layers.find(({ id }) => id === 'stage1.block2.choice')!;
    expect(candidates!.map(({ name, latencyMs }) => [name, Number(latencyMs.toFixed(1))])).toContainEqual(['k3e3', 6.3]);
    expect(candidates!.at(-1)).toMatchObject({ name: 'zero', latencyMs: 0 });

    const { stdout } = await cli('inspect proxyless-imagenet --target pixel1');
    expect(stdout).toMatch(/\nstem {2}convBnAct +7\.966 ms \(stem \+ first\)\n/);
    expect(stdout).toMatch(/\n {4}k7e6 {2}mbConv expansion 6, kernel 7 +22\.105 ms {2}8\.98 k parameters {2}41\.2 M MACs\n/);
    expect(stdout).toContain('\nlatency     29.609 ms to 191.030 ms, 113.988 ms on average, on pixel1 (Google Pixel 1, ');
  });

  test('a network by a profile of one’s own, named on the command line or by the config', async () => {
    await write('tiny.json', network);
    const block = (ms: number) => ({ ms, count: 1, variance: 0 });
    const blocks = {
      'Conv-input:8x8x1-output:4x4x8': block(0.5),
      'expanded_conv-input:4x4x8-output:4x4x8-expand:1-kernel:3-stride:1-idskip:1': block(0.25),
      'Logits-input:4x4x8-output:3': block(0.125),
    };
    await write('mine.json', { device: { id: 'mine', description: 'my phone' }, protocol: {}, blocks, spaces: [] });
    const named = { name: 'profile', file: 'mine.json' };
    const line = ['inspect', 'tiny.json', '--input', '8x8x1', '--classes', '3', '--json', '--target'];
    const shown = JSON.parse((await runCli([...line, JSON.stringify(named)], { folder })).stdout) as object;
    expect(shown).toMatchObject({ kind: 'network', latencyMs: 0.875, fixedLatencyMs: { stem: 0.5, 'stage1.block1': 0.25, head: 0.125 } });
    await write('nasc.config.json', { ...config, targets: [named] });
    expect(JSON.parse((await runCli([...line, 'profile'], { folder })).stdout)).toEqual(shown);
    expect((await cli('inspect tiny.json --input 8x8x1 --classes 3 --target profile')).stdout).toMatch(
      /\nstage1\.block1 {2}mbConv {2}shortcut +0\.250 ms\n[\s\S]*\nlatency {5}0\.875 ms on profile \(my phone\)/,
    );
  });

  test('a target that measures has no latencies to show, nor has an artifact without layers', async () => {
    expect((await cli('inspect mobile-small --target cpu')).stderr)
      .toBe(`error INSPECT_TARGET_MEASURES: Target "cpu" has no latencies before they are measured.
  at --target cpu
  hint: \`nasc profile\` measures them and writes a profile: name it in annotate.profiles of the config, or look at it with \`nasc profile inspect\`.
`);
    expect((await cli('inspect mobile-small --target pixel2')).stderr).toBe(`error UNKNOWN_NAME: There is no target "pixel2".
  at --target
  hint: Did you mean "pixel1"?
`);
    expect((await cli('inspect mobile-small --target profile')).stderr).toBe(`error CONFIG_MISSING_KEY: "file" is missing.
  at --target
  hint: What \`nasc profile\`, or \`nasc profile import\`, wrote; starts from the folder of the config.
`);
    const architecture = { choices: [0], predictedMs: 1, measuredMs: undefined, costs: [], rounds: [] };
    const { hash } = await openArtifactStore(join(folder, '.nasc')).put('architecture', architecture);
    expect((await cli(`inspect ${hash} --target pixel1`)).stderr).toBe(
      `error INSPECT_NO_GRAPH: "architecture ${hash}" holds neither a search space nor a network, so no target has a latency for it.
  at --target
  hint: Leave --target out.
`,
    );
  });

  test('an exported ONNX model is a network with what it says of itself; one of another tool is refused', async () => {
    const ops = lookupOf(primitiveOps);
    const graph = buildNetwork({ ops }, (builder) => builder.op('head', 'linear', [builder.input('input', float32(5))], { width: 2 }));
    const metadata = { space: 'tiny', choices: '{"stage1.block1.choice":"k3e3"}' };
    const bytes = writeOnnx(graph, initialiseParameters(graph, ops, 0), ops, { name: 'tiny-cpu', dynamicBatch: false, metadata });
    await writeFile(join(folder, 'model.onnx'), bytes);
    expect(await inspectJson('model.onnx')).toMatchObject({
      kind: 'network',
      name: 'tiny-cpu',
      params: 12,
      macs: 10,
      layers: [{ id: 'head', op: 'linear', attributes: { width: 2, bias: true } }],
      content: { opset: 15, dynamicBatch: false, metadata: { space: 'tiny', choices: { 'stage1.block1.choice': 'k3e3' } } },
    });
    expect((await cli('inspect model.onnx')).stdout).toContain('%head = linear(%input) width 2');
    await write('other.onnx', '<html>');
    expect(await cli('inspect other.onnx')).toMatchObject({ code: 1, stdout: '' });
    expect((await cli('inspect other.onnx')).stderr).toMatch(/^error ONNX_UNREADABLE: This is not an ONNX model: /);
  });

  test("the config's own space, and the artifact that is made of it, by hash and by folder", async () => {
    await write('nasc.config.json', config);
    const own = await inspectJson('');
    expect(own).toMatchObject({ kind: 'space', name: 'mobile-small', inputs: [[28, 28, 1]] });
    const [hash] = await readdir(join(folder, '.nasc/artifacts/searchSpace'));
    const stored = await inspectJson(hash!.slice(0, 8));
    expect(stored).toMatchObject({ artifact: { kind: 'searchSpace', hash }, params: own['params'], macs: own['macs'] });
    expect(stored['content']).toMatchObject({ task: { dataset: 'mnist', classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] } });
    expect(await inspectJson(`.nasc/artifacts/searchSpace/${hash}`)).toEqual(stored);
  });

  test('passes in their order, with the plugins that add to them', async () => {
    await write(
      'mine.js',
      `export default { name: 'mine', apiVersion: 1, setup(api) { api.addPass({ name: 'look', run: (x) => x }, { after: 'resolveSpace' }); } };`,
    );
    await write('nasc.config.json', { ...config, plugins: ['./mine.js'] });
    const { stdout } = await cli('inspect --passes');
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'expand',
      '  expand: config -> searchSpace',
      '    resolveSpace',
      '    look  (mine)',
      '    describeTask',
    ]);
    const parts = (await inspectJson('--passes')) as unknown as { stage: string; passes: { name: string; plugin: string }[] }[];
    expect(parts[0]!.passes.slice(0, 2)).toEqual([
      { name: 'resolveSpace', plugin: 'stage-expand' },
      { name: 'look', plugin: 'mine' },
    ]);
  });
});
