import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@nasc/random';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../io.test-helper.ts';
import { createPipeline } from '../../library/create-pipeline.ts';
import { sizedDataset, sizedDatasetName } from '../../library/sized-dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-import-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const cli = (line: string) => runCli(line.split(' '), { folder });
const write = (name: string, text: string) => writeFile(join(folder, name), text);

/** Of mobile-small: 8 choices of 7 candidates, and zero beside a shortcut. */
const counts = [8, 8, 7, 8, 8, 7, 8, 8];

const rowsOf = (networks: number, seed: number): string => {
  const lines = Array.from({ length: networks }, (_, index) => {
    const random = new Random({ seed, stream: 'lab', index });
    const choices = counts.map((count) => random.integer(count));
    const ms = choices.reduce((sum, candidate, choice) => sum + (candidate === 7 ? 0 : (0.2 + 0.1 * candidate) * (1 + 0.2 * choice)), 2);
    return `${choices.join(' ')},${ms * (1 + 0.01 * random.normal())}`;
  });
  return `choices,latency_ms\n${lines.join('\n')}\n`;
};

const importing = 'profile import phone.csv --space mobile-small --input 28x28x1 -o phone.json';

test('rows of another tool become a profile, which predicts further networks', async () => {
  await write('phone.csv', rowsOf(120, 1));
  await write('more.csv', rowsOf(20, 2));
  const imported = await cli(`${importing} --device Phone --json`);
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  const { accuracy, device } = JSON.parse(imported.stdout) as { accuracy: { rmspe: number; networks: number }; device: unknown };
  expect(device).toEqual({ id: 'phone', description: 'Phone' });
  expect(accuracy.rmspe).toBeLessThan(0.03);

  const predicted = await cli('profile predict phone.json more.csv --json');
  expect(predicted).toMatchObject({ code: 0, stderr: '' });
  interface Row {
    readonly predictedMs: number;
    readonly lowMs: number;
    readonly highMs: number;
    readonly measuredMs: number;
    readonly error: number;
  }
  const { rows, accuracy: heldOut } = JSON.parse(predicted.stdout) as { rows: readonly Row[]; accuracy: Record<string, unknown> };
  expect(rows).toHaveLength(20);
  expect(Math.max(...rows.map(({ error }) => Math.abs(error)))).toBeLessThan(0.06);
  for (const { predictedMs, lowMs, highMs, measuredMs, error } of rows) {
    expect(lowMs).toBeLessThan(predictedMs);
    expect(highMs).toBeGreaterThan(predictedMs);
    expect(error).toBeCloseTo(predictedMs / measuredMs - 1, 9);
  }
  expect(heldOut).toMatchObject({ method: 'held out', networks: 20, within10: 1 });
  expect(heldOut['coverage']).toBeGreaterThan(0.6);

  await write('some.csv', 'choices\n0 0 0 0 0 0 0 0\n');
  expect(await cli('profile predict phone.json some.csv -o out.csv')).toEqual({ code: 0, stdout: 'written to out.csv\n', stderr: '' });
  expect(await readFile(join(folder, 'out.csv'), 'utf8')).toMatch(
    /^choices,predicted_ms,low_ms,high_ms,measured_ms,error\n0 0 0 0 0 0 0 0,[\d.]+,[\d.]+,[\d.]+,,\n$/,
  );
});

test('an imported profile is a target of a search', async () => {
  await write('phone.csv', rowsOf(120, 1));
  await cli(importing);
  const pipeline = createPipeline(
    {
      task: { dataset: { name: sizedDatasetName, inputShape: [28, 28, 1], classes: 10 } },
      space: 'mobile-small',
      targets: [{ name: 'profile', file: 'phone.json' }],
    },
    { folder, plugins: [sizedDataset] },
  );
  const { costModel } = await pipeline.run({ make: 'costModel' });
  expect(costModel!.choices.map((candidates) => candidates.length)).toEqual(counts);
  const of = (candidate: number) => costModel!.choices[7]![candidate]!.ms;
  expect(of(6) - of(0)).toBeGreaterThan(1); // 0.6 · 2.4 ms in truth
  expect(of(6) - of(0)).toBeLessThan(2);
  expect(costModel!.accuracy!.rmspe).toBeLessThan(0.03);
});

test('a candidate that no row has: the profile is written, and what its predictor lacks is told', async () => {
  await write('phone.csv', `choices,ms\n${'0 0 0 0 0 0 0 0,5\n1 1 1 1 1 1 1 1,6\n'.repeat(6)}`);
  const { code, stdout, stderr } = await cli(importing);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning LATENCY_MISSING: What is known of the device "phone" lacks the latency of \d+ blocks: /);
  expect(stdout).toContain('written to phone.json');
});

test('networks by file: an architecture, a report, a space in which all is chosen', async () => {
  await write('lab.csv', 'network,ms\narchitecture.json,2\nreport.json,3\nchosen.json,4\n');
  await write('architecture.json', JSON.stringify({ choices: [1, 7, 0, 7, 7, 2, 7, 7] }));
  const names = ['k3e3', 'zero', 'k3e1', 'zero', 'zero', 'k3e6', 'zero', 'zero'];
  const ids = ['1.block1', '1.block2', '2.block1', '2.block2', '2.block3', '3.block1', '3.block2', '3.block3'];
  const choices = names.map((candidate, index) => ({ id: `stage${ids[index]}`, candidate }));
  await write('report.json', JSON.stringify({ networks: [{ choices }] }));
  await write('chosen.json', JSON.stringify({ extends: 'mobile-small', name: 'chosen', input: { resolution: 28 }, choose: names }));
  const { code, stderr } = await cli('profile import lab.csv --space mobile-small --input 28x28x1 -o lab.json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const profile = JSON.parse(await readFile(join(folder, 'lab.json'), 'utf8')) as { spaces: { networks: { choices: number[] }[] }[] };
  expect(profile.spaces[0]!.networks.map((network) => network.choices)).toEqual(Array.from({ length: 3 }, () => [1, 7, 0, 7, 7, 2, 7, 7]));
});

test.each([
  [
    'profile import',
    `error CLI_MISSING_ARGUMENT: \`nasc profile import\` needs a file of measurements.
  hint: Measurements are CSV with a header, a JSON array of objects, or JSON lines: docs/latency.md, "Bring your own measurements".
`,
  ],
  [
    'profile predict pixel1',
    `error CLI_MISSING_ARGUMENT: \`nasc profile predict\` needs a profile and a file of networks.
  hint: Measurements are CSV with a header, a JSON array of objects, or JSON lines: docs/latency.md, "Bring your own measurements".
`,
  ],
  [
    'profile import none.csv',
    `error PROFILE_IMPORT_UNREADABLE: The measurements "none.csv" cannot be read: it does not exist.
  hint: Correct the path, or the rights of the file.
`,
  ],
  [
    'profile predict pixel1 lab.csv',
    `error PROFILE_SPACE_UNCLEAR: The profile "pixel1" holds no networks that tell a search space.
  at pixel1
  hint: Give --space.
`,
  ],
  [
    'profile import lab.csv --space proxyless-imagenet',
    `error PROFILE_IMPORT_NETWORK: "proxyless-mobile" is no network of the space "proxyless-imagenet": its "stage1.block1" is expanded_conv-input:112x112x16-output:56x56x32-expand:3-kernel:5-stride:2-idskip:0, which is no candidate.
  at lab.csv:2
  hint: Name a file (net.config, architecture, report.json), or a space in which all is chosen, of the same blocks.
`,
  ],
])('messages: %s', async (line, stderr) => {
  await write('lab.csv', 'network,ms\nproxyless-mobile,78\n');
  expect(await cli(line)).toEqual({ code: 1, stdout: '', stderr });
});
