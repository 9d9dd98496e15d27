import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig } from '@nasc/config';
import { createPipeline, definePlugin } from '@nasc/core';
import { inMemorySplit } from '@nasc/data';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { choicesOf, costSummary } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expandStage } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-expand-'));
});
afterEach(() => rm(folder, { recursive: true }));

const space = {
  name: 'tiny',
  input: { minimum: 8 },
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 8 }],
  candidates: [{ macro: 'mbConv', kernel: 3, expansion: 2 }],
  stages: [{ width: 8, blocks: 2 }],
  head: [{ macro: 'linearHead' }],
};

/** Two images of 10x8 pixels and two channels: the first channel is 0 or 255, the second always 51. */
const dataset = definePlugin({
  name: 'two-images',
  apiVersion: 1,
  setup(api) {
    api.addDataset({
      name: 'two-images',
      description: 'For this test.',
      optionsSchema: { type: 'object' },
      async load() {
        const shape = { height: 10, width: 8, channels: 2 };
        const pixels = Uint8Array.from({ length: 2 * 160 }, (_, index) => (index % 2 === 1 ? 51 : index < 160 ? 0 : 255));
        const split = inMemorySplit(shape, pixels, Uint16Array.of(0, 1));
        return {
          ...shape,
          name: 'two-images',
          classes: ['dark', 'light'],
          train: split,
          test: split,
          manifestHash: 'm',
          source: 'here',
          defaultAugmentation: {},
          defaultEvaluationCrop: 0.75,
        };
      },
    });
    // The stage does not look at it, but a config names one.
    api.addTarget({
      name: 'none',
      description: 'For this test.',
      optionsSchema: { type: 'object' },
      create: (options) => ({
        name: 'none',
        options,
        capabilities: { dtypes: [] },
        device: async () => ({ id: 'none', description: 'none' }),
        supports: () => true,
        legalize: [],
        kernels: [],
        emit: async () => ({ files: new Map(), coverage: [] }),
      }),
    });
    api.addSpace({ name: 'named', description: 'For this test.', space: { ...space, name: 'named' } });
  },
});

const expand = async (chosen: unknown, task: object = {}) => {
  const config = validateConfig({ task: { dataset: 'two-images', ...task }, space: chosen, targets: ['none'] }, 'nasc.config.json');
  const result = await createPipeline(config, { plugins: [opsPlugin, expandStage, dataset], folder }).run({ to: 'expand' });
  return { artifact: result.searchSpace!, cached: result.timings[0]!.cached, hash: result.hashes['searchSpace'] };
};
const failure = (chosen: unknown) =>
  expand(chosen).then(
    () => 'no error',
    (error: DiagnosticError) => formatDiagnostics(error.diagnostics),
  );

describe('the stage', () => {
  test('describes the task, expands the space for it and attaches costs', async () => {
    const { artifact } = await expand(space);
    expect(artifact.name).toBe('tiny');
    expect(artifact.task).toEqual({
      dataset: 'two-images',
      classes: ['dark', 'light'],
      inputShape: [10, 8, 2],
      normalisation: { mean: [0.5, 0.2], std: [0.5, 1] },
      evaluationCrop: 0.75,
      manifestHash: 'm',
    });
    expect(choicesOf(artifact.graph)).toHaveLength(2);
    expect(costSummary(artifact.graph, artifact.costs).networks).toBe(4n);
    expect(artifact.costs['stem.conv']!.macs).toBe(5 * 4 * 9 * 2 * 8);
  });

  test('resizes images where the space says so', async () => {
    const { artifact } = await expand({ ...space, input: { resolution: 32 } });
    expect(artifact.task.inputShape).toEqual([32, 32, 2]);
  });

  test('says what evaluation sees of an image: as configured, else as the data set has it; a part of the hash', async () => {
    const configured = await expand(space, { evaluationCrop: 0.875 });
    const preset = await expand(space);
    expect(configured.artifact.task.evaluationCrop).toBe(0.875);
    expect(preset.artifact.task.evaluationCrop).toBe(0.75);
    expect(configured.hash).not.toBe(preset.hash);
  });

  test('normalises as the config says, else by the training images; a part of the hash', async () => {
    const normalisation = { mean: [0.4, 0.3], std: [0.25, 0.2] };
    const configured = await expand(space, { normalisation });
    expect(configured.artifact.task.normalisation).toEqual(normalisation);
    expect(configured.hash).not.toBe((await expand(space)).hash);
    const refused = await expand(space, { normalisation: { mean: [0.5], std: [1, 1] } }).catch(({ diagnostics }: DiagnosticError) =>
      formatDiagnostics(diagnostics),
    );
    expect(refused).toBe(`error TASK_NORMALISATION_CHANNELS: "mean" has 1 values, and the images have 2 channels.
  at /task/normalisation/mean, stage expand, pass describeTask
  hint: Give one value a channel (red, green, blue), or leave "normalisation" out.`);
  });

  test('takes a named space, an object, or a file by its path from the config’s folder', async () => {
    await writeFile(join(folder, 'own.json'), JSON.stringify({ ...space, name: 'own' }));
    const names: string[] = [];
    for (const chosen of ['named', space, './own.json']) names.push((await expand(chosen)).artifact.name);
    expect(names).toEqual(['named', 'tiny', 'own']);
  });

  test('is made again when the content of the space’s file changes, and only then', async () => {
    const write = (blocks: number) => writeFile(join(folder, 'own.json'), JSON.stringify({ ...space, stages: [{ width: 8, blocks }] }));
    await write(2);
    const first = await expand('own.json');
    expect((await expand('own.json')).cached).toBe(true);
    await write(3);
    const second = await expand('own.json');
    expect(second.cached).toBe(false);
    expect(second.hash).not.toBe(first.hash);
    expect(choicesOf(second.artifact.graph)).toHaveLength(3);
  });
});

describe('messages', () => {
  test('a name that does not exist, a file that is not there', async () => {
    expect(await failure('namd')).toBe(`error UNKNOWN_NAME: There is no search space "namd".
  at /space, stage expand, pass resolveSpace
  hint: Did you mean "named"?`);
    expect(await failure('spaces/own.json'))
      .toBe(`error SPACE_FILE_NOT_READ: The space file "spaces/own.json" cannot be read: it does not exist.
  at /space, stage expand, pass resolveSpace
  hint: A path starts from the folder of the config.`);
  });

  test('a space that is wrong, by its place in the config or in its file', async () => {
    const wrong = { ...space, stages: [{ width: 8, blocks: 2, stides: 2 }] };
    expect(await failure(wrong)).toBe(`error CONFIG_UNKNOWN_KEY: Unknown key "stides" in "stages[0]".
  at #/space/stages/0/stides, stage expand, pass resolveSpace
  hint: Did you mean "stride"?`);
    await writeFile(join(folder, 'own.json'), JSON.stringify({ ...space, head: [{ macro: 'linearHaed' }] }));
    expect(await failure('own.json')).toBe(`error SPACE_UNKNOWN_MACRO: There is no macro "linearHaed".
  at own.json#/head/0/macro, stage expand, pass expandBlocks
  hint: Did you mean "linearHead"?`);
    expect(await failure({ ...space, input: { minimum: 12 } })).toBe(
      `error SPACE_IMAGE_SIZE: The space is for images of 12 or more pixels; these have 10x8.
  at #/space/input, stage expand, pass expandBlocks
  hint: Set "input.resolution" to resize them, or take another space.`,
    );
  });
});
