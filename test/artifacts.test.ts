// Stored artifacts can be read without the program: their files are what schemas/artifacts describes. The artifacts of a
// whole run are checked in pipeline.test.ts; here are the forms that a run does not happen to take.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPipeline, definePart, definePlugin, openArtifactStore } from '@nasc/core';
import type { Architecture, Front, PassContext, SearchResult } from '@nasc/core';
import { validateConfig } from '@nasc/config';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkStore, schemaOfKind } from './artifact-schemas.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-artifacts-'));
});
afterEach(() => rm(folder, { recursive: true }));

const weights = new Map([['head.logits.weight', { shape: [2, 3], data: new Float32Array(6) }]]);
const ranked: SearchResult = {
  kind: 'ranked',
  architectures: [
    { choices: [0, 2], score: 0.25 },
    { choices: [1, 0], score: Number.POSITIVE_INFINITY },
  ],
  strategy: 'one of a plugin',
  weights,
  history: { columns: { loss: [0.5, Number.NaN] } },
  cost: { imagesForwardBackward: 64 },
};
const impossible: SearchResult = {
  kind: 'distribution',
  logProbabilities: [[0, Number.NEGATIVE_INFINITY]],
  strategy: 'one of a plugin',
  weights,
  history: { columns: {} },
  cost: { imagesForwardBackward: 0, peakMemoryBytes: 5 },
};
const unmeasured: Architecture = {
  choices: [0, 2],
  predictedMs: 1.5,
  measuredMs: undefined,
  costs: [{ name: 'latency', unit: 'ms', predicted: 1.5, limit: undefined }],
  rounds: [
    { choices: [0, 2], askedMs: undefined, predictedMs: 1.5, correctedMs: 1.5, measuredMs: undefined, score: 0.25, keepsLimit: true },
  ],
};

const alone = { choices: [0, 2], predictedMs: 1.5, searchScore: Number.NEGATIVE_INFINITY, accuracy: undefined };
const unscored: Front = {
  limitMs: undefined,
  limitsMs: [1, 2],
  confidence: undefined,
  points: [{ ...alone, limitsMs: [2], interval: undefined, costs: unmeasured.costs }],
  scored: [alone],
};

const cpu = {
  name: 'cpu',
  description: 'For this test.',
  optionsSchema: { type: 'object' },
  create: (options: Readonly<Record<string, unknown>>) => ({
    name: 'cpu',
    options,
    capabilities: { dtypes: ['float32'] },
    device: async () => ({ id: 'here', description: 'here' }),
    supports: () => true as const,
    legalize: [],
    kernels: [],
    emit: async () => ({ files: new Map<string, string>(), coverage: [] }),
  }),
};

test('ranked results, numbers that JSON lacks and absent values have the form that the schemas say', async () => {
  const store = openArtifactStore(folder);
  await store.put('searchResult', ranked);
  await store.put('searchResult', impossible);
  await store.put('architecture', unmeasured);
  await store.put('front', unscored);
  await store.put('frontLatencies', { measuredMs: undefined });
  expect(await checkStore(folder)).toEqual({ kinds: ['architecture', 'front', 'frontLatencies', 'searchResult'], problems: [] });
});

test('an unknown key, a value of another type and a missing file are found', async () => {
  const { hash } = await openArtifactStore(folder).put('searchResult', ranked);
  const place = join(folder, 'artifacts', 'searchResult', hash);
  const file = join(place, 'artifact.json');
  const content = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...content, cost: { imagesForwardBackward: '64' }, more: 1 }));
  await rm(join(place, 'weights.safetensors'));
  const { problems } = await checkStore(folder);
  const found = problems.map(({ at, problem }) => `${at} ${problem}`).join('\n');
  expect(found).toContain('/cost/imagesForwardBackward must be number');
  expect(found).toContain('unevaluatedProperty":"more"');
  expect(found).toContain('holds artifact.json and names artifact.json, weights.safetensors');
});

test('every kind has a schema, and every schema is that of a kind', async () => {
  const names = (await readdir(new URL('../schemas/artifacts/', import.meta.url))).map((name) => name.replace('.schema.json', ''));
  expect(names.toSorted()).toEqual([...Object.values(schemaOfKind), 'common'].toSorted());
});

test('a checkpoint and the lock of a run have the form that the schemas say', async () => {
  const stop = new AbortController();
  let lock: unknown;
  const readJson = async (...path: readonly string[]) => JSON.parse(await readFile(join(folder, ...path), 'utf8')) as unknown;
  const state = { step: 3, weights, losses: Float64Array.of(0.5, -0), last: Number.NaN };
  const plugin = definePlugin({
    name: 'work',
    apiVersion: 1,
    setup(api) {
      api.addPart(
        definePart({
          stage: 'train',
          name: 'train',
          consumes: [],
          produces: 'supernet',
          per: 'run',
          dependsOn: [],
          reads: () => [],
          passes: [
            {
              name: 'warm-up',
              async run(_input: unknown, context: PassContext) {
                lock = await readJson('lock');
                context.registry.spaces.get('none');
                stop.abort(new Error('stopped'));
                await context.checkpoint.part('first').offer(() => state);
              },
            },
          ] as never,
        }),
      );
      api.addTarget(cpu);
    },
  });
  const config = validateConfig({ task: { dataset: 'none' }, space: 'none', targets: ['cpu'], cacheDir: folder }, 'test');
  await expect(createPipeline(config, { plugins: [plugin] }).run({ to: 'train', signal: stop.signal })).rejects.toThrow('stopped');

  const [place] = (await readdir(join(folder, 'checkpoints'), { recursive: true })).filter((name) =>
    /warm-up.*\/1-[0-9a-f]{32}$/.test(name),
  );
  expect(place).toMatch(/^[0-9a-f]{64}\/1\/warm-up_first-[0-9a-f]{12}\/1-[0-9a-f]{32}$/);
  expect((await readdir(join(folder, 'checkpoints', place!))).toSorted()).toEqual([
    'artifact.json',
    'state.losses.bin',
    'state.weights.safetensors',
  ]);
  const checkpoint = await readJson('checkpoints', place!, 'artifact.json');
  expect(checkpoint).toEqual({
    place: ['warm-up', 'first'],
    consulted: { 'space:none': '-' },
    elapsedMs: expect.any(Number),
    state: {
      step: 3,
      weights: { $tensors: 'state.weights.safetensors' },
      losses: { $array: 'state.losses.bin', type: 'Float64Array' },
      last: { $number: 'NaN' },
    },
  });
  const ajv = new Ajv2020({ allErrors: true });
  for (const [name, value] of [
    ['checkpoint', checkpoint],
    ['lock', lock],
  ] as const) {
    const validate = ajv.compile(JSON.parse(await readFile(new URL(`../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as object);
    expect([validate(value), validate.errors]).toEqual([true, null]);
  }
});
