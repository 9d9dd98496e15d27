// Stored artifacts can be read without the program: their files are what schemas/artifacts describes. The artifacts of a
// whole run are checked in pipeline.test.ts; here are the forms that a run does not happen to take.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArtifactStore } from '@nasc/core';
import type { Architecture, SearchResult } from '@nasc/core';
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
  imagesForwardBackward: 64,
};
const impossible: SearchResult = {
  kind: 'distribution',
  logProbabilities: [[0, Number.NEGATIVE_INFINITY]],
  strategy: 'one of a plugin',
  weights,
  history: { columns: {} },
  imagesForwardBackward: 0,
};
const unmeasured: Architecture = {
  choices: [0, 2],
  predictedMs: 1.5,
  measuredMs: undefined,
  limitMs: undefined,
  rounds: [{ choices: [0, 2], predictedMs: 1.5, measuredMs: undefined, score: 0.25, keepsLimit: true }],
};

test('ranked results, numbers that JSON lacks and absent values have the form that the schemas say', async () => {
  const store = openArtifactStore(folder);
  await store.put('searchResult', ranked);
  await store.put('searchResult', impossible);
  await store.put('architecture', unmeasured);
  expect(await checkStore(folder)).toEqual({ kinds: ['architecture', 'searchResult'], problems: [] });
});

test('an unknown key, a value of another type and a missing file are found', async () => {
  const { hash } = await openArtifactStore(folder).put('searchResult', ranked);
  const place = join(folder, 'artifacts', 'searchResult', hash);
  const file = join(place, 'artifact.json');
  const content = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...content, imagesForwardBackward: '64', more: 1 }));
  await rm(join(place, 'weights.safetensors'));
  const { problems } = await checkStore(folder);
  const found = problems.map(({ at, problem }) => `${at} ${problem}`).join('\n');
  expect(found).toContain('/imagesForwardBackward must be number');
  expect(found).toContain('unevaluatedProperty":"more"');
  expect(found).toContain('holds artifact.json and names artifact.json, weights.safetensors');
});

test('every kind has a schema, and every schema is that of a kind', async () => {
  const names = (await readdir(new URL('../schemas/artifacts/', import.meta.url))).map((name) => name.replace('.schema.json', ''));
  expect(names.toSorted()).toEqual([...Object.values(schemaOfKind), 'common'].toSorted());
});
