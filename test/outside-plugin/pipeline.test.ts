import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '@nasc/core';
import type { Report } from 'nasc';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createWorkplace } from './workplace.ts';
import type { Ended, Workplace } from './workplace.ts';

// The built command line, the plugin installed as a package in a project of its own: all that it adds takes part, from the
// images to the report.
const config = {
  task: { dataset: { name: 'stripes', images: 800 }, archValidationImages: 200, scoringImages: 100 },
  space: 'swish-tiny',
  targets: [{ name: 'single-c', sampleMs: 2 }],
  constraints: { latencyShare: 1 },
  engine: 'native',
  annotate: { networks: 24 },
  train: { epochs: 2, batchSize: 50 },
  derive: { strategy: { name: 'proxyless-gradient', steps: 10 }, retrain: { epochs: 2, batchSize: 50 } },
  export: { verifyImages: 50 },
};

/** A plugin of one file beside the config: it takes part in the last stage alone. */
const notice = `import { definePlugin } from 'nasc/plugin';
import { text } from './text.ts';

export default definePlugin({
  name: 'notice',
  apiVersion: 1,
  setup(api) {
    api.hooks.modifyArtifact
      .for('files')
      .tap('notice', (generated) => ({ ...generated, files: new Map([...generated.files, ['LICENCE', text]]) }));
  },
});
`;

let place: Workplace;
let first: Ended;
beforeAll(async () => {
  place = await createWorkplace();
  await place.write('project/nasc.config.json', { ...config, plugins: ['nasc-plugin-swish', './notice/plugin.ts'] });
  await place.write('project/notice/plugin.ts', notice);
  await place.write('project/notice/text.ts', `export const text = 'All rights reserved.';\n`);
  first = await place.nasc('run');
}, 300_000);
afterAll(() => place.remove());

// Runs share the machine with other tests.
vi.setConfig({ testTimeout: 300_000 });

const succeeded = ({ code, stderr }: Ended): void => expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });

/** Parts that another run does anew, as its progress says: the others come from the store. */
const doneAnew = async (line: string): Promise<readonly string[]> => {
  const ended = await place.nasc(line);
  succeeded(ended);
  return ended.stderr.split('\n').flatMap((text) => /^(.*): (?:[\d.]+ s|\d+ min.*)$/.exec(text)?.slice(1) ?? []);
};

const report = async (outDir: string) => (JSON.parse(await place.read(`project/${outDir}/report.json`)) as Report).networks[0]!;
const output = (file: string) => place.read(`project/nasc-out/single-c/${file}`);

/** All weights that the `fold` part stored. */
const foldedWeights = async (hash: string): Promise<readonly number[]> => {
  const folder = join(place.folder, 'project/.nasc/artifacts/folded', hash);
  const tensors = readSafetensors(await readFile(join(folder, 'weights.safetensors')));
  return [...tensors.values()].flatMap(({ data }) => [...(data as Float32Array)]);
};

describe('a JSON config that names the package', () => {
  test('runs: its images are learned, its op is trained, exported and emitted by its target, and all three agree', async () => {
    succeeded(first);
    const { name, onnx, code, codeTest } = await report('nasc-out');
    expect(name).toBe('single-c');
    expect(codeTest!.correct / codeTest!.count).toBeGreaterThan(0.5); // four classes
    expect([onnx.verification.images, code!.images]).toEqual([50, 50]);
    expect(Math.max(onnx.verification.relativeError, code!.relativeError)).toBeLessThan(1e-4);
  });

  test('the target legalised the network; taps added their files', async () => {
    const text = await output('swish_tiny_stripes.c');
    expect(text).toContain('learnedSwish_forward(');
    expect(text).not.toContain('hSwish_forward(');
    expect(text).toContain('hSigmoid_forward(');
    expect(await output('NOTICE')).toBe('Swish: Ramachandran, Zoph and Le, 2017.\n');
    expect(await output('LICENCE')).toBe('All rights reserved.');
  });

  test('the pass stands between the two built-in ones', async () => {
    const { stdout } = await place.nasc('inspect --passes');
    expect(stdout).toMatch(/foldBatchNorm.*\n.*zeroTinyWeights.*\bswish\b.*\n.*removeDeadOps/);
  });
});

test('its strategy searches: the network that it found keeps the limit as predicted', async () => {
  succeeded(await place.nasc('run --set derive.strategy=greedy --set outDir=out-greedy'));
  const { search, hashes } = await report('out-greedy');
  expect(search.strategy).toBe('greedy');
  expect(search.cost.imagesForwardBackward).toBeGreaterThan(200 / 3);
  expect(hashes['searchResult']).toBeDefined();
});

test('its predictor predicts its target, and is told how well', async () => {
  const ended = await place.nasc('profile --predictor by-work --networks 12 -o by-work.json --json');
  succeeded(ended);
  const { predictor, accuracy } = JSON.parse(ended.stdout) as { predictor: string; accuracy: { kendallTau: number } };
  expect(predictor).toBe('by-work');
  expect(accuracy).not.toBeNull();
});

describe('keys', () => {
  test('nothing is done again, whatever else is written into the folders of plugins and project', async () => {
    await place.write('plugin/README.md', 'Notes.');
    await place.write('plugin/src/unused.ts', 'export const unused = 1;\n');
    await place.write('project/other.ts', 'export const other = 1;\n');
    expect(await doneAnew('run')).toEqual([]);
  });

  test('an edited tap, in a file that its module imports: only what it had a hand in', async () => {
    await place.edit('project/notice/text.ts', 'All rights', 'Some rights');
    expect(await doneAnew('run')).toEqual(['codegen for single-c']);
    expect(await output('LICENCE')).toBe('Some rights reserved.');
  });

  test('an edited op: all that the plugin took part in', async () => {
    await place.edit('plugin/src/learned-swish.ts', 'with a learned slope', 'with one learned slope');
    expect(await doneAnew('run --to expand')).toEqual(['expand']);
    await place.edit('plugin/src/learned-swish.ts', 'with one learned slope', 'with a learned slope');
    expect(await doneAnew('run')).toEqual([]);
  });
});

describe('a config in TypeScript', () => {
  test('gives the plugin options; the built-in target emits its op; nasc need not be installed beside it', async () => {
    await place.write(
      'project/nasc.config.ts',
      `import { defineConfig } from 'nasc';
import swishPlugin from 'nasc-plugin-swish';

export default defineConfig({
  ...${JSON.stringify({ ...config, targets: ['cpu'], outDir: 'out-cpu' })},
  plugins: [swishPlugin({ threshold: 3e-4 })],
});
`,
    );
    succeeded(await place.nasc('run nasc.config.ts'));
    const { name, onnx, code, hashes } = await report('out-cpu');
    expect(name).toBe('cpu');
    expect(onnx.verification.relativeError).toBeLessThan(1e-3);
    expect(code!.relativeError).toBeLessThan(1e-4);
    expect(await place.read('project/out-cpu/cpu/swish_tiny_stripes_kernels.h')).toContain('NASC_KERNEL(learnedSwish_forward)');
    const magnitudes = (await foldedWeights(hashes['folded']!)).map(Math.abs);
    expect(magnitudes.length).toBeGreaterThan(500);
    expect(magnitudes.filter((value) => value > 0 && value < 3e-4)).toEqual([]);
  });
});
