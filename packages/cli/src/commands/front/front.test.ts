import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrontReport } from '@nasc/report';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../io.test-helper.ts';
import type { RunSettings } from '../../io.test-helper.ts';

/** Two devices of which all is known: 0.1 ms for the first candidate of a choice, 0.2 ms for the second. One of them can be measured, too. */
const plugin = `
const ms = (value) => ({ ms: value, source: 'table', samples: 1, spread: 0, deviceId: 'known' });
const device = { id: 'known', description: 'a device that is known' };
const executable = {
  description: 'none',
  run: async () => new Float32Array(0),
  measure: async () => ({ ...ms(0.42), raw: [0.42] }),
  dispose: async () => {},
};
const target = (name, more) => ({
  name,
  description: name,
  optionsSchema: { type: 'object' },
  create: (options) => ({
    name,
    options,
    capabilities: { dtypes: ['float32'] },
    device: async () => device,
    supports: () => true,
    legalize: [],
    kernels: [],
    emit: async () => ({ files: new Map([['network.txt', 'none']]), coverage: [] }),
    profile: { device, protocol: {}, blocks: {}, spaces: [] },
    ...more,
  }),
});
const fit = ({ space }) => ({
  choices: space.choices.map(({ candidates }) => candidates.map(({ name }, index) => ms(name === 'zero' ? 0 : 0.1 * (index + 1)))),
  fixed: Object.fromEntries(space.fixed.map(({ id }) => [id, ms(0.05)])),
  facts: {},
});
export default {
  name: 'known',
  apiVersion: 1,
  setup(api) {
    api.addTarget(target('phone', {}));
    api.addTarget(target('board', { build: async () => executable }));
    api.addLatencyPredictor({
      name: 'known',
      description: 'known',
      optionsSchema: { type: 'object' },
      create: () => ({ name: 'known', needs: { blocks: false, networks: undefined }, fit }),
    });
  },
};
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-front-'));
  const mbConv = (kernel: number, expansion: number) => ({ macro: 'mbConv', kernel, expansion });
  const config = {
    task: { dataset: 'mnist', searchImages: 1000, archValidationImages: 200, scoringImages: 200 },
    space: {
      name: 'two-stages',
      stem: [{ name: 'stem', macro: 'convBnAct', width: 8, kernel: 3, stride: 2 }],
      candidates: [mbConv(3, 2), mbConv(5, 4)],
      stages: [
        { width: 16, blocks: 1, stride: 2 },
        { width: 24, blocks: 1, stride: 2 },
      ],
      head: [{ name: 'head', macro: 'linearHead' }],
    },
    targets: ['phone', 'board'],
    plugins: ['./known.mjs'],
    constraints: [{ latencyMs: 0.45 }, { name: 'free' }],
    train: { epochs: 1 },
    annotate: { predictor: 'known' },
    derive: { strategy: { name: 'proxyless-gradient', steps: 5 } },
  };
  // Compiled code is found by its content, so all tests share it.
  const shared = join(tmpdir(), 'nasc-engine-native-test');
  await Promise.all([mkdir(shared, { recursive: true }), mkdir(join(folder, '.nasc'))]);
  await symlink(shared, join(folder, '.nasc/cache'));
  await writeFile(join(folder, 'known.mjs'), plugin);
  await writeFile(join(folder, 'nasc.config.json'), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const front = (line: string, settings: Partial<RunSettings> = {}) =>
  runCli(['front', ...line.split(' ').filter(Boolean)], { folder, ...settings });
const reportOf = async (line: string): Promise<FrontReport> => JSON.parse((await front(`${line} --json`)).stdout) as FrontReport;

test('Ctrl-C stops, and the same command goes on: the front of one network alone, its limit marked, JSON and a plot beside the report', async () => {
  const onStderr = (text: string, interrupt: () => void) => text.includes('derive: front for phone-0.45ms: ') && interrupt();
  const stopped = await front('--network phone-0.45ms --points 3', { isTTY: true, onStderr });
  expect([stopped.code, stopped.stdout]).toEqual([130, '']);
  expect(stopped.stderr).toContain('Stopped. The same command goes on from there.\n');

  const { code, stdout, stderr } = await front('--network phone-0.45ms --points 3');
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(
      /^expand: from the store\ntrain: from the store\nannotate for phone-0.45ms: from the store\nderive: search for phone-0.45ms: from the store\nderive: front for phone-0.45ms: [\d.]+ s\n$/,
    ),
  ]);
  expect(stdout).toMatch(
    /^front of phone-0.45ms, found by proxyless-gradient: [1-4] networks? of 4 scored\ndevice a device that is known\n\n/,
  );
  expect(stdout.split('\n').filter((line) => line.startsWith('  > '))).toHaveLength(2);
  expect(stdout).toContain('\n  > at the limit of the search, 0.450 ms\n');
  expect(stdout).toContain('\nwritten to nasc-out/front.json, nasc-out/front.svg\n');
  expect((await readdir(join(folder, 'nasc-out'))).toSorted()).toEqual(['front.json', 'front.svg']);
  expect(await readFile(join(folder, 'nasc-out/front.svg'), 'utf8')).toContain('>two-stages on mnist</text>');
  const written = JSON.parse(await readFile(join(folder, 'nasc-out/front.json'), 'utf8')) as FrontReport;
  expect(written.networks.map(({ name, limitMs }) => [name, limitMs])).toEqual([['phone-0.45ms', 0.45]]);
  expect(written).toEqual(await reportOf('--network phone-0.45ms --points 3'));
}, 300_000);

test('all networks of the config; other limits score again, the search stays; no network exceeds a limit', async () => {
  const { networks } = await reportOf('--limits 0.3,0.31,0.5,9');
  expect(networks.map(({ name, target, limitMs, limitsMs }) => [name, target, limitMs, limitsMs])).toEqual([
    ['phone-0.45ms', 'phone', 0.45, [0.3, 0.31, 0.45, 0.5, 9]],
    ['phone-free', 'phone', null, [0.3, 0.31, 0.5, 9]],
    ['board-0.45ms', 'board', 0.45, [0.3, 0.31, 0.45, 0.5, 9]],
    ['board-free', 'board', null, [0.3, 0.31, 0.5, 9]],
  ]);
  for (const { points, limitsMs } of networks) {
    // 0.1 ms of stem and head, and 0.1 or 0.2 ms of each choice.
    expect(points[0]).toMatchObject({ candidates: ['k3e2', 'k3e2'], measuredMs: null });
    expect(points.flatMap((point) => point.limitsMs)).toEqual(limitsMs.filter((limit) => limit >= points[0]!.predictedMs));
    for (const point of points) for (const limit of point.limitsMs) expect(point.predictedMs).toBeLessThanOrEqual(limit);
  }
});

test('--measure measures what was found, and scores nothing again; a target that cannot run here is told', async () => {
  const { stderr, stdout } = await front('--limits 0.3,0.31,0.5,9 --measure --json -o plot.svg -o all/front.csv');
  const found = JSON.parse(stdout) as FrontReport;
  for (const { target, points } of found.networks)
    for (const { measuredMs } of points) expect(measuredMs).toBe(target === 'board' ? 0.42 : null);
  expect(stderr).toContain('derive: front for board-free: from the store\n');
  expect(stderr)
    .toContain(`warning FRONT_NOT_MEASURED: The networks of the front of "phone-free" are not measured: this machine cannot run its target.
  at --measure
  hint: The predictions stand; leave --measure out.
`);
  expect(await readFile(join(folder, 'plot.svg'), 'utf8')).toContain('>board-free</text>');
  const rows = (await readFile(join(folder, 'all/front.csv'), 'utf8')).split('\n');
  expect(rows[0]).toMatch(/^network,limitMs,.*,memoryBytes,storageBytes,stage1.block1,stage2.block1$/);
  expect(rows).toHaveLength(2 + found.networks.flatMap(({ points }) => points.flatMap(({ limitsMs }) => limitsMs)).length);
});

test('what is wrong is told before anything runs', async () => {
  const stderrOf = async (line: string) => {
    const { code, stderr } = await front(line);
    expect(code).toBe(1);
    return stderr;
  };
  expect(await stderrOf('--limits 0.5,fast')).toBe(`error CLI_NOT_A_NUMBER: These are no latencies.
  at --limits 0.5,fast
  hint: Write milliseconds with commas between them: --limits 0.05,0.08.
`);
  expect(await stderrOf('-o front.png'))
    .toBe(`error CLI_UNKNOWN_FORMAT: The end of the file's name says in which format it is written, and this one is unknown.
  at --output front.png
  hint: Known: .svg, .json, .csv.
`);
  expect(await stderrOf('--network phone-0.45m')).toBe(`error CLI_UNKNOWN_CHOICE: There is no network "phone-0.45m".
  at --network phone-0.45m
  hint: Did you mean "phone-0.45ms"?
`);
  expect(await stderrOf('--points 1')).toContain('\n  at --points 1\n');
});
